// SPDX-License-Identifier: Apache-2.0
// Softmax and cross entropy against a label map, in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/cross_entropy.h"

namespace engine {

using kernels::CrossEntropyOptions;
using kernels::LossReduction;

// logits [n, c, h, w]; labels [n, h, w] u8, i32 or i64; weight [c] master type, or absent. Result {} (or [n, h, w]
// without reduction), master type. Differentiable in logits. Throws ShapeError, DTypeError, and DataError for a label
// that is neither a class nor ignored.
Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& weight = {},
                     const CrossEntropyOptions& options = {});

}  // namespace engine
