// SPDX-License-Identifier: Apache-2.0
// A frozen CENet that a student learns from.
#pragma once

#include <filesystem>
#include <memory>

#include "models/cenet.h"
#include "train/network.h"

namespace train {

class Teacher {
 public:
  struct Options {
    std::filesystem::path weights;  // A checkpoint of train, or a plain weight file of the network below.
    std::string model = "cenet";    // Or cenet_thermal.
    models::ModelOptions network;   // As the student's: classes and size must be the teacher's, too.
    bool random = false;            // Where there is no file: random weights, to time steps.
  };
  // Throws UsageError without weights, or where they are another network's or have other classes; CheckpointError where
  // they do not fit.
  Teacher(const Options& options, const std::shared_ptr<kernels::Queue>& queue);

  // In evaluation mode, without history. The listener gets features as teacher.NAME.
  models::CENetOutputs operator()(const models::Inputs& in) const;

 private:
  void load(const Options& options, const std::shared_ptr<kernels::Queue>& queue);

  std::unique_ptr<Network> network_;
  const models::CENet* cenet_ = nullptr;
};

// The network as the CENet that it must be. Throws UsageError: "--recipe RECIPE: expected ..., got MODEL".
const models::CENet& cenet_of(const Network& network, const std::string& recipe);

}  // namespace train
