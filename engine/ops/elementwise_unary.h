// SPDX-License-Identifier: Apache-2.0
// Functions of one number, element by element. x of any shape, f32 or bf16; the result has x's shape and type. All are
// differentiable. At a kink the slope is PyTorch's: 0 at 0 for relu and absolute, 1 at both ends for clamp.
#pragma once

#include "engine/tensor.h"
#include "kernels/elementwise_unary.h"

namespace engine {

using kernels::UnaryFunction;
using kernels::UnaryOp;

Tensor elementwise_unary(const UnaryFunction& function, const Tensor& x);

Tensor relu(const Tensor& x);
Tensor leaky_relu(const Tensor& x, double slope = 0.01);
Tensor sigmoid(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);  // Natural.
Tensor sqrt(const Tensor& x);
Tensor square(const Tensor& x);
Tensor absolute(const Tensor& x);
Tensor affine(const Tensor& x, double scale, double shift);  // scale * x + shift.
Tensor clamp(const Tensor& x, double low, double high);      // Throws UsageError where low > high.

}  // namespace engine
