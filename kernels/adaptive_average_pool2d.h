// SPDX-License-Identifier: Apache-2.0
// Mean over an even division of the image into y.h x y.w windows, which overlap where the sizes do not divide: window p
// of `out` covers the rows [floor(p in / out), ceil((p + 1) in / out)). One window is the mean of the whole image.
// x and y f32 or bf16, summed in f32 by rows and in f64 over rows (f64 on reference).
#pragma once

#include "kernels/kernel.h"
#include "kernels/pool2d.h"

namespace kernels {

using AdaptiveAveragePool2dForward = void(Queue&, ConstView x, View y);
using AdaptiveAveragePool2dGrad = void(Queue&, ConstView dy, View dx);  // dx =

constexpr PoolWindow adaptive_window(std::int64_t at, std::int64_t in, std::int64_t out) {
  return {at * in / out, ((at + 1) * in + out - 1) / out};
}
// The windows [begin, end) that cover row or column `at`.
constexpr PoolWindow adaptive_windows_over(std::int64_t at, std::int64_t in, std::int64_t out) {
  return {at * out / in, ((at + 1) * out + in - 1) / in};
}

namespace reference {
AdaptiveAveragePool2dForward adaptive_average_pool2d_forward;
AdaptiveAveragePool2dGrad adaptive_average_pool2d_grad;
}  // namespace reference
namespace cpu {
AdaptiveAveragePool2dForward adaptive_average_pool2d_forward;
AdaptiveAveragePool2dGrad adaptive_average_pool2d_grad;
}  // namespace cpu
namespace cuda {
AdaptiveAveragePool2dForward adaptive_average_pool2d_forward;
AdaptiveAveragePool2dGrad adaptive_average_pool2d_grad;
}  // namespace cuda

inline constexpr Kernel adaptive_average_pool2d_forward{
    "adaptive_average_pool2d_forward", &reference::adaptive_average_pool2d_forward,
    &cpu::adaptive_average_pool2d_forward, CUDA_SLOT(cuda::adaptive_average_pool2d_forward)};
inline constexpr Kernel adaptive_average_pool2d_grad{
    "adaptive_average_pool2d_grad", &reference::adaptive_average_pool2d_grad, &cpu::adaptive_average_pool2d_grad,
    CUDA_SLOT(cuda::adaptive_average_pool2d_grad)};

}  // namespace kernels
