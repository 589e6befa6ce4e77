// SPDX-License-Identifier: Apache-2.0
// The row kernels::matmul on device cuda: by the hand-written kernels or a plan of the library, whichever the queue's
// autotuner takes for a problem.
#pragma once

#include "kernels/autotune.h"
#include "kernels/cuda/library/matmul_library.h"

namespace kernels::cuda {

// What choices are made with; the device's own library and clock unless this is called. Forgets what was chosen.
void set_matmul_library(Queue& queue, std::unique_ptr<library::ProductLibrary> products, Stopwatch stopwatch);

}  // namespace kernels::cuda
