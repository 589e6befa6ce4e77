// SPDX-License-Identifier: Apache-2.0
// The learning rate over a training run, as flags choose it.
#pragma once

#include <string>
#include <vector>

#include "engine/optim/schedule.h"

namespace train {

struct RateOptions {
  std::string schedule = "exponential";  // Or step, or polynomial.
  double decay = 0.95;                   // exponential: factor after every epoch; step: after every milestone.
  std::vector<double> milestones = {};   // step: epochs.
  double power = 0.9;                    // polynomial: (1 - time / epochs)^power, after every optimizer step.
  double warm_up = 0;                    // Epochs over which the rate first grows linearly, after every step.
};

// The factor on the first rate of every optimizer; time is counted in epochs from 0, the run is `epochs` long. Throws
// UsageError, naming the flag.
engine::Schedule rate_factor(const RateOptions& options, double epochs);

}  // namespace train
