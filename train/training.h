// SPDX-License-Identifier: Apache-2.0
// A training run of any recipe on one labelled data set: epochs of steps, validation, checkpoints, curves.
#pragma once

#include "train/training_options.h"

namespace train {

// Runs to the end, or until SIGINT or SIGTERM (see listen_for_interrupts): then a checkpoint is saved and Interrupted
// is thrown. A start that is refused (flags, data, weights, a checkpoint that does not fit) leaves `out` as it was.
void run_training(const TrainingOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute);

}  // namespace train
