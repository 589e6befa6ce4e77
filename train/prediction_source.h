// SPDX-License-Identifier: Apache-2.0
// What predict looks at: one pair, two folders, a folder of 4-channel images, a list, or a data set.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/open.h"
#include "train/registration.h"

namespace train {

struct PredictionSource {
  std::vector<std::function<datasets::Sample()>> samples;  // Each loads one.
  std::vector<datasets::ClassInfo> classes;                // Of the data set; MFNet's where there is none.
};

struct SourceFlags {
  std::filesystem::path rgb = {}, thermal = {};  // Two files or two folders.
  std::filesystem::path list = {}, images = {};
  std::string dataset = {};
  datasets::OpenOptions data{.split = "test", .labels = datasets::LabelPolicy::optional};
  std::vector<std::string> dataset_settings = {};
  RegistrationFlags registration = {};
  int limit = 0;  // Samples, spread evenly, so that day and night are both among them; 0: all.

  void add_to(CLI::App& app);
  // Throws UsageError unless exactly one kind of source is given, what reading it throws, and as RegistrationFlags.
  PredictionSource open() const;
};

}  // namespace train
