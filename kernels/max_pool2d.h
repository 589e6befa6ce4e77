// SPDX-License-Identifier: Apache-2.0
// Maximum over windows. Padding never wins, the first maximum (row by row) wins ties, a NaN wins over every number.
//   y[n, c, p, q] = max over r, s of x[n, c, p sh - ph + r, q sw - pw + s]
// x and y f32 or bf16 (f64 on reference). `position` (u8, y's shape) holds r * kernel.w + s of the winner: it is all
// that the gradient needs, at a quarter of the memory of y.
#pragma once

#include "kernels/kernel.h"
#include "kernels/pool2d.h"

namespace kernels {

// position may be empty (inference). kernel.h * kernel.w is at most 256.
using MaxPool2dForward = void(Queue&, const Pool2dOptions&, ConstView x, View y, View position);
using MaxPool2dGrad = void(Queue&, const Pool2dOptions&, ConstView dy, ConstView position, View dx);  // dx =

namespace reference {
MaxPool2dForward max_pool2d_forward;
MaxPool2dGrad max_pool2d_grad;
}  // namespace reference
namespace cpu {
MaxPool2dForward max_pool2d_forward;
MaxPool2dGrad max_pool2d_grad;
}  // namespace cpu
namespace cuda {
MaxPool2dForward max_pool2d_forward;
MaxPool2dGrad max_pool2d_grad;
}  // namespace cuda

inline constexpr Kernel max_pool2d_forward{"max_pool2d_forward", &reference::max_pool2d_forward,
                                           &cpu::max_pool2d_forward, CUDA_SLOT(cuda::max_pool2d_forward)};
inline constexpr Kernel max_pool2d_grad{"max_pool2d_grad", &reference::max_pool2d_grad, &cpu::max_pool2d_grad,
                                        CUDA_SLOT(cuda::max_pool2d_grad)};

}  // namespace kernels
