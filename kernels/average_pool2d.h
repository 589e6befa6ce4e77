// SPDX-License-Identifier: Apache-2.0
// Mean over windows:
//   y[n, c, p, q] = sum over r, s of x[n, c, p sh - ph + r, q sw - pw + s] / divisor
// where padding counts as zeros in the sum. x and y f32 or bf16, summed in f32 (f64 on reference).
#pragma once

#include "kernels/kernel.h"
#include "kernels/pool2d.h"

namespace kernels {

// What the sum is divided by: all places of the window, or those that lie on the image.
enum class PaddedPlaces { counted, left_out };

struct AveragePool2dOptions {
  Pool2dOptions window;
  PaddedPlaces padded_places = PaddedPlaces::counted;
};

using AveragePool2dForward = void(Queue&, const AveragePool2dOptions&, ConstView x, View y);
using AveragePool2dGrad = void(Queue&, const AveragePool2dOptions&, ConstView dy, View dx);  // dx =

namespace reference {
AveragePool2dForward average_pool2d_forward;
AveragePool2dGrad average_pool2d_grad;
}  // namespace reference
namespace cpu {
AveragePool2dForward average_pool2d_forward;
AveragePool2dGrad average_pool2d_grad;
}  // namespace cpu
namespace cuda {
AveragePool2dForward average_pool2d_forward;
AveragePool2dGrad average_pool2d_grad;
}  // namespace cuda

inline constexpr Kernel average_pool2d_forward{"average_pool2d_forward", &reference::average_pool2d_forward,
                                               &cpu::average_pool2d_forward, CUDA_SLOT(cuda::average_pool2d_forward)};
inline constexpr Kernel average_pool2d_grad{"average_pool2d_grad", &reference::average_pool2d_grad,
                                            &cpu::average_pool2d_grad, CUDA_SLOT(cuda::average_pool2d_grad)};

}  // namespace kernels
