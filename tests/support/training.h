// SPDX-License-Identifier: Apache-2.0
// Runs of build/bin/train on a problem so small that a test can make dozens of them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace test {

struct SmallTraining {
  int epochs = 3;
  std::string more = {};         // Further flags; one that `problem` has too replaces it there.
  std::string resume_from = {};  // A checkpoint; empty: the run in the folder, where there is one.
  std::string faults = {};       // Rules of tests/faults/rules.h.
  // MFNet at an eighth of its width on nine rendered scenes, five batches, one checkpoint per step.
  std::string problem =
      "--model mfnet --width 0.125 --dataset synthetic --dataset-set height=64 --dataset-set width=96 "
      "--dataset-set day=5 --dataset-set night=4 --batch 2 --checkpoint-every 1 --seed 5 --threads 1 --device cpu";
};

// Starts it; messages go to OUT.log.
pid_t start_training(const std::filesystem::path& out, const SmallTraining& training = {});
// Runs it to its end and returns the exit code, or 128 + the signal that ended it.
int train(const std::filesystem::path& out, const SmallTraining& training = {});
std::string log_of(const std::filesystem::path& out);

// Names of tensors whose bytes differ between two checkpoints, or that only one of them has; "" where they are equal.
std::string differences(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace test
