// SPDX-License-Identifier: Apache-2.0
// The flags by which evaluate and predict choose a trained network: a checkpoint of train says everything itself, a
// plain weight file needs --model.
#pragma once

#include <filesystem>
#include <string>

#include "train/model_card.h"
#include "train/program.h"

namespace train {

struct TrainedFlags {
  std::filesystem::path weights = {};
  std::string model = {};
  int classes = 0;  // 0: as many as the data set has.
  double width = 1;
  std::string size = "480x640";

  void add_to(CLI::App& app);
  // A plain weight file has `known_classes` where their number fits, else numbered ones, and takes value / 255. Throws
  // CheckpointError, UsageError.
  TrainedNetwork open(const std::shared_ptr<kernels::Queue>& queue,
                      const std::vector<datasets::ClassInfo>& known_classes) const;
};

// "class 0" (black), "class 1", ... in colours that differ.
std::vector<datasets::ClassInfo> numbered_classes(int count);

}  // namespace train
