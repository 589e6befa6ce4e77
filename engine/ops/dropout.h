// SPDX-License-Identifier: Apache-2.0
// Dropout of elements or of whole channels.
#pragma once

#include "engine/tensor.h"
#include "kernels/dropout.h"

namespace engine {

using kernels::DropoutOptions;
using kernels::RandomKey;

// x of any shape (rank 4 where channels are dropped), f32 or bf16. What is dropped depends on (random, index) alone and
// is the same on every device. Differentiable. For training mode: in evaluation do not call it. Throws UsageError where
// the probability is not in [0, 1], ShapeError.
Tensor dropout(const Tensor& x, const DropoutOptions& options, const RandomKey& random);

}  // namespace engine
