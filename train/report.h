// SPDX-License-Identifier: Apache-2.0
// One HTML page about a training run that needs nothing but itself: pictures are inside, there are no scripts and no
// links to elsewhere. Written so that a reader who has never seen a segmentation network understands what is shown.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/image.h"
#include "train/metrics.h"

namespace train {

struct ReportContent {
  struct Evaluation {
    std::string name;        // "all", "day", "night".
    ConfusionMatrix matrix;  // As many classes as `classes`; without a pixel it is left out.
  };
  struct Picture {
    std::string caption;
    datasets::Image8 image;
  };

  std::string title = {};                                               // "MFNet on synthetic street scenes".
  std::vector<std::string> summary = {};                                // Paragraphs that open the page.
  std::vector<std::pair<std::string, std::string>> configuration = {};  // Name and value.
  std::vector<datasets::ClassInfo> classes = {};                        // Index = class id; shown in vivid colours.
  std::vector<Evaluation> evaluations = {};                             // The first one is the headline.
  std::vector<Picture> curves = {};
  std::vector<Picture> samples = {};  // Sheets of predictions.
};

// Texts are escaped. Throws UsageError where a matrix and the classes differ in number.
std::string report_html(const ReportContent& content);

// The page appears whole or not at all. Throws FileError.
void write_report(const std::filesystem::path& path, const ReportContent& content);

}  // namespace train
