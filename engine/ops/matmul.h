// SPDX-License-Identifier: Apache-2.0
// Matrix products, one or a batch.
#pragma once

#include "engine/tensor.h"
#include "kernels/matmul.h"

namespace engine {

using kernels::MatmulOptions;
using kernels::Transpose;

// a [m, k] times b [k, n] (either may be given transposed), or batches [batch, m, k] and [batch, k, n] of them; plus
// bias [n] (master type, may be absent) on every row. f32 or bf16 each; the result is bf16 where a or b is, and the
// gradients have the types of a and b. Differentiable in a, b, bias. Throws ShapeError, DTypeError, DeviceError.
Tensor matmul(const Tensor& a, const Tensor& b, const Tensor& bias = {}, const MatmulOptions& options = {});

}  // namespace engine
