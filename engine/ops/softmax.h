// SPDX-License-Identifier: Apache-2.0
// Softmax and its logarithm along one axis.
#pragma once

#include "engine/tensor.h"
#include "kernels/softmax.h"

namespace engine {

// x of any shape, f32 or bf16; the result has x's shape and type. Differentiable. Throws ShapeError for an absent axis.
Tensor softmax(const Tensor& x, int axis = 1);
Tensor log_softmax(const Tensor& x, int axis = 1);

}  // namespace engine
