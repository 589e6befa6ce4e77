// SPDX-License-Identifier: Apache-2.0
// An optimizer by name, as flags and settings choose it. The defaults are those of MFNet's and RTFNet's published
// programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/optim/optimizer.h"

namespace train {

struct OptimizerChoice {
  std::string name = "sgd";  // sgd, adam, adamw or rmsprop.
  double rate = 0.01, momentum = 0.9, weight_decay = 5e-4;
};

// Throws UsageError for an unknown optimizer.
std::unique_ptr<engine::Optimizer> make_optimizer(const OptimizerChoice& choice,
                                                  std::vector<engine::NamedTensor> parameters);

}  // namespace train
