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
  std::filesystem::path weights;
  std::string model;
  models::ModelOptions network;

  void add_to(CLI::App& app);
  // `classes` name those of a plain weight file. Throws CheckpointError, UsageError.
  TrainedNetwork open(const std::shared_ptr<kernels::Queue>& queue,
                      const std::vector<datasets::ClassInfo>& classes) const;
};

// The highest resident size of this process so far, in MiB: what a run needed.
double peak_memory_mebibytes();

}  // namespace train
