// SPDX-License-Identifier: Apache-2.0
// Weights of pixel-difference convolutions as weights of plain ones.
#pragma once

#include "engine/tensor.h"
#include "kernels/pixel_difference.h"

namespace engine {

using kernels::PixelDifference;

// weight [o, i, 3, 3], master type; result [o, i, 3, 3] (central, angular) or [o, i, 5, 5] (radial), for conv2d with
// padding `dilation` or 2 `dilation`. Differentiable. Throws ShapeError, DTypeError.
Tensor pixel_difference(const Tensor& weight, PixelDifference kind);

}  // namespace engine
