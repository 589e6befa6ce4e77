// SPDX-License-Identifier: Apache-2.0
// Reads a whole data set and keeps everything that is wrong with it, and how often its classes occur.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "datasets/open.h"
#include "train/class_weights.h"

namespace train {

struct DataCheckOptions {
  std::string dataset = "mfnet";
  datasets::OpenOptions data = {};       // `split` is not used.
  std::vector<std::string> splits = {};  // Empty: all that the data set has.
  int threads = 2;
  std::function<void(int done, int total)> progress = {};  // Called from the reading threads, one at a time.
};

// A sample that has problems, or that is only odd: a thermal image of one value, a picture that another split has too.
struct Finding {
  std::string split, sample;
  int index = 0;
  std::vector<datasets::Problem> problems;
  std::vector<std::string> remarks;
};

struct SplitCheck {
  std::string name;
  std::shared_ptr<const datasets::Dataset> dataset;
  LabelStatistics labels;
  int unlabelled = 0;                              // Samples without a label.
  int least_thermal = 65535, largest_thermal = 0;  // Counts.
};

struct DataCheck {
  std::string dataset;
  std::vector<datasets::ClassInfo> classes;
  std::vector<SplitCheck> splits;
  std::vector<datasets::Problem> whole;  // Of the data set, not of one sample.
  std::vector<Finding> findings;         // In the order of splits and samples.

  int problems() const;
  const SplitCheck& weighted_split() const;  // Whose labels class weights are made of: train, else the first.
};

// Throws what opening the data set throws (a list or description that cannot be read); nothing after that.
DataCheck check_data(const DataCheckOptions& options);

// The problems line by line, statistics and class weights, for people.
std::string to_text(const DataCheck& check);

}  // namespace train
