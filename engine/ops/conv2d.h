// SPDX-License-Identifier: Apache-2.0
// Two-dimensional convolution with optional bias, residual and activation.
#pragma once

#include "engine/tensor.h"
#include "kernels/conv2d.h"

namespace engine {

using kernels::Activation;
using kernels::Conv2dOptions;

// x [n, c, h, w] f32 or bf16; weight [o, c / groups, kh, kw], bias [o] (may be absent), both f32. Result [n, o, oh,
// ow]. Differentiable in x, weight, bias. Throws ShapeError, DTypeError, DeviceError.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options);

// What inference does with a sum before it is written; each may be absent. scale and bias [o] f32, residual like the
// result.
struct Conv2dEpilogue {
  Tensor scale = {}, bias = {}, residual = {};
};

// act(scale * sum + bias + residual) in one pass, for inference: throws Error where a gradient would be recorded.
Tensor conv2d_inference(const Tensor& x, const Tensor& weight, const Conv2dEpilogue& epilogue,
                        const Conv2dOptions& options);

}  // namespace engine
