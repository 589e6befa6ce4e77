// SPDX-License-Identifier: Apache-2.0
// summary.json of predict: what was found in every image, and in all of them (docs/predicting.md has the schema).
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/inference.h"

namespace train {

struct ImageSummary {
  std::string name = {};
  int height = 0, width = 0;
  std::vector<std::int64_t> pixels = {};  // Index = class id; 0 for classes that --only leaves out.
  std::int64_t other = 0;                 // Pixels of classes that --only leaves out.
  double mean_confidence = 0;             // Of all pixels, whatever their class.
  double seconds = 0;                     // From the pair in memory to labels.
};

struct RunSummary {
  std::string weights = {};  // The file.
  std::string device = {}, precision = {};
  InferenceOptions inference = {};
  std::vector<int> only = {};  // Class ids that pictures and counts are about; empty: all.
  double seconds = 0;          // Of the whole run, reading and writing too.
};

nlohmann::ordered_json to_json(const RunSummary& run, const ModelCard& card, const std::vector<ImageSummary>& images);

// The file appears whole or not at all. Throws FileError.
void write_summary(const std::filesystem::path& path, const nlohmann::ordered_json& summary);

}  // namespace train
