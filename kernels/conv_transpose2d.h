// SPDX-License-Identifier: Apache-2.0
// Two-dimensional transposed convolution: the gradient of a convolution towards its input, used as a layer.
//   y[n, o, p sh - ph + r dh, q sw - pw + s dw] += x[n, i, p, q] weight[i, o, r, s]   over i, p, q, r, s;   y +=
//   bias[o]
// x [n, i, h, w], weight [i, o / groups, kh, kw], y [n, o, oh, ow]. The convolution that leads from y back to x has a
// weight of exactly this shape and layout. On cpu and cuda x and y are f32 or bf16; weight, bias and their gradients
// are f32 (masters); on reference everything is f64.
#pragma once

#include "kernels/conv2d.h"
#include "kernels/kernel.h"

namespace kernels {

struct ConvTranspose2dOptions {
  Size2 stride = 1, padding = 0;
  Size2 output_padding = 0;  // Rows and columns added at the far end; smaller than stride or dilation.
  Size2 dilation = 1;
  int groups = 1;
};

// Shape of y. Throws ShapeError where x and weight do not fit.
Shape conv_transpose2d_shape(const Shape& x, const Shape& weight, const ConvTranspose2dOptions& options);

// The convolution from y to x with the same weight.
Conv2dOptions adjoint_convolution(const ConvTranspose2dOptions& options);

// bias may be empty. The gradient of the bias is conv2d_grad_bias.
using ConvTranspose2dForward = void(Queue&, const ConvTranspose2dOptions&, ConstView x, ConstView weight,
                                    ConstView bias, View y);
using ConvTranspose2dGradInput = void(Queue&, const ConvTranspose2dOptions&, ConstView dy, ConstView weight, View dx);
using ConvTranspose2dGradWeight = void(Queue&, const ConvTranspose2dOptions&, ConstView dy, ConstView x, View dweight);

namespace reference {
ConvTranspose2dForward conv_transpose2d_forward;
ConvTranspose2dGradInput conv_transpose2d_grad_input;
ConvTranspose2dGradWeight conv_transpose2d_grad_weight;
}  // namespace reference
namespace cpu {
ConvTranspose2dForward conv_transpose2d_forward;
ConvTranspose2dGradInput conv_transpose2d_grad_input;
ConvTranspose2dGradWeight conv_transpose2d_grad_weight;
}  // namespace cpu
namespace cuda {
ConvTranspose2dForward conv_transpose2d_forward;
ConvTranspose2dGradInput conv_transpose2d_grad_input;
ConvTranspose2dGradWeight conv_transpose2d_grad_weight;
}  // namespace cuda

inline constexpr Kernel conv_transpose2d_forward{"conv_transpose2d_forward", &reference::conv_transpose2d_forward,
                                                 &cpu::conv_transpose2d_forward,
                                                 CUDA_SLOT(cuda::conv_transpose2d_forward)};
inline constexpr Kernel conv_transpose2d_grad_input{
    "conv_transpose2d_grad_input", &reference::conv_transpose2d_grad_input, &cpu::conv_transpose2d_grad_input,
    CUDA_SLOT(cuda::conv_transpose2d_grad_input)};
inline constexpr Kernel conv_transpose2d_grad_weight{
    "conv_transpose2d_grad_weight", &reference::conv_transpose2d_grad_weight, &cpu::conv_transpose2d_grad_weight,
    CUDA_SLOT(cuda::conv_transpose2d_grad_weight)};

}  // namespace kernels
