// SPDX-License-Identifier: Apache-2.0
// Images at another size, by the nearest pixel or bilinearly.
#pragma once

#include "engine/tensor.h"
#include "kernels/resize.h"

namespace engine {

using kernels::Corners;
using kernels::Interpolation;
using kernels::ResizeOptions;

// x [n, c, h, w] f32 or bf16; result [n, c, size.h, size.w]. Differentiable. Throws ShapeError where a size is below 1.
Tensor resize(const Tensor& x, Size2 size, const ResizeOptions& options = {});

}  // namespace engine
