// SPDX-License-Identifier: Apache-2.0
// Two-dimensional convolution (cross-correlation, as everywhere in deep learning).
//   y[n, o, p, q] = act(residual[n, o, p, q] + bias[o] + scale[o]
//                       sum over i, r, s of x[n, g i, p sh - ph + r dh, q sw - pw + s dw] weight[o, i, r, s])
// x [n, c, h, w], weight [o, c / groups, kh, kw], y [n, o, oh, ow]. On cpu and cuda x and y are f32 or bf16 and weight,
// scale, bias and their gradients are always f32 (masters); on reference everything is f64.
#pragma once

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace kernels {

struct Conv2dOptions {
  Size2 stride = 1, padding = 0, dilation = 1;
  int groups = 1;
  Activation activation = Activation::none();  // Forward only; the gradients are those of the plain convolution.
};

// Shape of y. Throws ShapeError where x and weight do not fit.
Shape conv2d_shape(const Shape& x, const Shape& weight, const Conv2dOptions& options);

// What is done with a sum before it is written; each may be empty. scale and bias [o], residual of y's shape.
struct Conv2dEpilogue {
  ConstView scale = {}, bias = {}, residual = {};
};
inline double bytes_of_argument(const Conv2dEpilogue& epilogue) {
  return bytes_of_argument(epilogue.residual);
}

using Conv2dForward = void(Queue&, const Conv2dOptions&, ConstView x, ConstView weight, const Conv2dEpilogue&, View y);
using Conv2dGradInput = void(Queue&, const Conv2dOptions&, ConstView dy, ConstView weight, View dx);   // dx =
using Conv2dGradWeight = void(Queue&, const Conv2dOptions&, ConstView dy, ConstView x, View dweight);  // dweight =
using Conv2dGradBias = void(Queue&, ConstView dy, View dbias);                                         // dbias =

namespace reference {
Conv2dForward conv2d_forward;
Conv2dGradInput conv2d_grad_input;
Conv2dGradWeight conv2d_grad_weight;
Conv2dGradBias conv2d_grad_bias;
}  // namespace reference
namespace cpu {
Conv2dForward conv2d_forward;
Conv2dGradInput conv2d_grad_input;
Conv2dGradWeight conv2d_grad_weight;
Conv2dGradBias conv2d_grad_bias;
}  // namespace cpu
namespace cuda {
Conv2dForward conv2d_forward;
Conv2dGradInput conv2d_grad_input;
Conv2dGradWeight conv2d_grad_weight;
Conv2dGradBias conv2d_grad_bias;
}  // namespace cuda

inline constexpr Kernel conv2d_forward{"conv2d_forward", &reference::conv2d_forward, &cpu::conv2d_forward,
                                       CUDA_SLOT(cuda::conv2d_forward)};
inline constexpr Kernel conv2d_grad_input{"conv2d_grad_input", &reference::conv2d_grad_input, &cpu::conv2d_grad_input,
                                          CUDA_SLOT(cuda::conv2d_grad_input)};
inline constexpr Kernel conv2d_grad_weight{"conv2d_grad_weight", &reference::conv2d_grad_weight,
                                           &cpu::conv2d_grad_weight, CUDA_SLOT(cuda::conv2d_grad_weight)};
inline constexpr Kernel conv2d_grad_bias{"conv2d_grad_bias", &reference::conv2d_grad_bias, &cpu::conv2d_grad_bias,
                                         CUDA_SLOT(cuda::conv2d_grad_bias)};

}  // namespace kernels
