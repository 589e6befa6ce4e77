// SPDX-License-Identifier: Apache-2.0
// Mean over windows.
#pragma once

#include "engine/tensor.h"
#include "kernels/average_pool2d.h"

namespace engine {

using kernels::AveragePool2dOptions;
using kernels::PaddedPlaces;

// x [n, c, h, w] f32 or bf16; result [n, c, oh, ow] with oh = floor((h + 2 padding - kernel) / stride) + 1.
// Differentiable. Throws ShapeError where padding exceeds half of the kernel or no window fits.
Tensor average_pool2d(const Tensor& x, const AveragePool2dOptions& options);

}  // namespace engine
