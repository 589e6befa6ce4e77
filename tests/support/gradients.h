// SPDX-License-Identifier: Apache-2.0
// Gradients against central differences, in double on the reference device; results and gradients of the other devices
// against the reference's.
#pragma once

#include <functional>
#include <vector>

#include "engine/autograd.h"
#include "tests/support/kernel_test.h"

namespace test {

struct GradientCheck {
  double low = -1, high = 1;  // Range of the random inputs.
  double step = 1e-6;
  double tolerance = 1e-7;  // Relative to the largest gradient.
  std::uint64_t seed = 1;
  int samples = 200;  // Elements per input that are perturbed, spread evenly; all where there are fewer.
  // Of f32 on the devices cpu and cuda, relative to the largest value. 0: f works on reference alone.
  double device_tolerance = 1e-5;
};

// f maps the inputs (random, of the given shapes, all requiring gradients) to one tensor; the gradient of a random
// weighting of its elements is compared with differences. f must be pure, and work on the queue of its inputs. Keep
// kinks (ReLU at 0, ties of a maximum) outside the inputs: |x| < step apart from them makes the difference meaningless.
void check_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f, const std::vector<Shape>& shapes,
                     const GradientCheck& options = {});

}  // namespace test
