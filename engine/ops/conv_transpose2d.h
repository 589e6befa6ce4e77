// SPDX-License-Identifier: Apache-2.0
// Two-dimensional transposed convolution with optional bias.
#pragma once

#include "engine/tensor.h"
#include "kernels/conv_transpose2d.h"

namespace engine {

using kernels::ConvTranspose2dOptions;

// x [n, i, h, w] f32 or bf16; weight [i, o / groups, kh, kw], bias [o] (may be absent), both f32. Result [n, o, oh, ow]
// with oh = (h - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1. Differentiable in x, weight, bias.
// Throws ShapeError, DTypeError, DeviceError.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options);

}  // namespace engine
