// SPDX-License-Identifier: Apache-2.0
// Mean over an even division of the image, in particular over all of it.
#pragma once

#include "engine/tensor.h"

namespace engine {

// x [n, c, h, w] f32 or bf16; result [n, c, size.h, size.w]; window p covers the rows floor(p h / size.h) to
// ceil((p + 1) h / size.h) - 1. Differentiable. Throws ShapeError where a size is below 1.
Tensor adaptive_average_pool2d(const Tensor& x, Size2 size);

// The mean of each channel over the image: [n, c, 1, 1].
Tensor global_average_pool(const Tensor& x);

}  // namespace engine
