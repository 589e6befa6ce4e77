// SPDX-License-Identifier: Apache-2.0
// CEKD's training fixtures through the public door: weights and inputs as files, one traced step, every stored tensor.
#pragma once

#include <string>

#include "tests/support/golden_comparison.h"

namespace test {

struct CekdTrace {
  std::string fixture, recipe;  // {"cenet_train_64x96", "cekd_teacher"}
  std::string mode;             // Of trace: train or frozen_bn.
  Computing where;
  TrainingTolerance allowed;
};

void compare_traced_step(const CekdTrace& trace);

// Every gradient of the fixture's step against those of `reference` for images that are brighter by a rounding error:
// where an activation lies closer to zero than float32 resolves, chance decides which branch its ReLU takes, and
// gradients equal the exact ones of images nearby.
void compare_gradients_nearby(const CekdTrace& trace, double brightness);

}  // namespace test
