// SPDX-License-Identifier: Apache-2.0
// Conversion of the element type.
#pragma once

#include "engine/tensor.h"
#include "kernels/cast.h"

namespace engine {

// x in another element type; x itself where it has that type already. Rounding as in kernels/cast.h. Differentiable
// between floating types: the gradient is converted back.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace engine
