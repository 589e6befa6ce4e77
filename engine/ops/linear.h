// SPDX-License-Identifier: Apache-2.0
// A fully connected layer. composed_of: matmul.
#pragma once

#include "engine/tensor.h"

namespace engine {

// x [n, i] f32 or bf16, weight [o, i] and bias [o] (may be absent) f32; result x weight' + bias, [n, o], of x's type.
// Differentiable in x, weight, bias. Throws ShapeError, DTypeError, DeviceError.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace engine
