// SPDX-License-Identifier: Apache-2.0
// Saving and resuming a recipe: everything that decides the rest of a run goes into one checkpoint.
#pragma once

#include <filesystem>

#include "engine/checkpoint.h"
#include "engine/optim/moving_average.h"
#include "train/recipe.h"

namespace train {

// Where a run is. `batch` batches of epoch `epoch` (from 0) are done.
struct RunPosition {
  int epoch = 0, batch = 0;
  std::int64_t step = 0;  // Optimizer steps so far.
  double best_mean_iou = -1;
  int best_epoch = 0;   // After which that was reached; 0: none yet.
  double loss_sum = 0;  // Over the batches of this epoch, for its mean.
};

// What stays the same over a run; stored in every checkpoint.
struct RunIdentity {
  std::uint64_t seed = 0;
  int threads = 0;
  nlohmann::json configuration;  // "network": the model card; "flags": the resolved flags; "dataset".
};

// `average` may be absent: a run without averaged weights.
engine::CheckpointWriter checkpoint_of(Recipe& recipe, const RunPosition& position, const RunIdentity& identity,
                                       const engine::MovingAverage* average = nullptr);

// Puts weights, counters, optimizer state and averages back and returns where the run was. Warns where seed, threads,
// instruction set or library versions differ. Throws CheckpointError.
RunPosition resume_from(const std::filesystem::path& path, Recipe& recipe, const RunIdentity& identity,
                        engine::MovingAverage* average = nullptr);

}  // namespace train
