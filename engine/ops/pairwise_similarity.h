// SPDX-License-Identifier: Apache-2.0
// Pair-wise similarity distillation of a feature, in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/pairwise_similarity.h"

namespace engine {

// student [n, c, h, w], teacher [n, d, h, w], f32 or bf16 each. Result {}, master type. Differentiable in student, with
// the norms of its pixels as constants; teacher is a constant. The similarities of all pairs, [n, h w, h w], are kept
// only where the gradient is wanted. Throws ShapeError, DeviceError.
Tensor pairwise_similarity(const Tensor& student, const Tensor& teacher);

}  // namespace engine
