// SPDX-License-Identifier: Apache-2.0
// Data sets by name: the one table that programs open them through.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/mfnet.h"

namespace datasets {

struct OpenOptions {
  std::filesystem::path directory = {};  // Where the files are (folder: the TOML file); unused by rendered ones.
  // "train", "validation" (or "val"), "test", or the name of any list of the data set ("test_night").
  std::string split = "train";
  LabelPolicy labels = LabelPolicy::required;
  std::uint64_t seed = 0;  // Of rendered data sets.
  // What one data set alone understands, as text. synthetic: day, night (counts of samples), labels (label table), bits
  // (of thermal: 8 or 16), pairing (unpaired or twins), height, width.
  std::map<std::string, std::string> settings = {};
};

// Throws UsageError for an unknown name or setting (the message lists the known ones), and what the data set throws.
std::unique_ptr<Dataset> open_dataset(const std::string& name, const OpenOptions& options);

// The splits that a data set has, as `split` takes them. Throws as above.
std::vector<std::string> split_names(const std::string& name, const OpenOptions& options);

std::vector<std::string> dataset_names();

}  // namespace datasets
