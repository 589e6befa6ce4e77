// SPDX-License-Identifier: Apache-2.0
// Softmax and its logarithm along one axis:
//   y = exp(x) / sum of exp(x) along the axis        dx = y (dy - sum of dy y)
//   y = x - log(sum of exp(x) along the axis)        dx = dy - exp(y) (sum of dy)
// The largest number is subtracted first, so nothing overflows. x and y have one shape and type: f32 or bf16 (computed
// in f32), f64 on reference.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class SoftmaxKind { softmax, log_softmax };

struct SoftmaxOptions {
  int axis = 1;
  SoftmaxKind kind = SoftmaxKind::softmax;
};

using SoftmaxForward = void(Queue&, const SoftmaxOptions&, ConstView x, View y);
using SoftmaxGrad = void(Queue&, const SoftmaxOptions&, ConstView dy, ConstView y, View dx);

namespace reference {
SoftmaxForward softmax_forward;
SoftmaxGrad softmax_grad;
}  // namespace reference
namespace cpu {
SoftmaxForward softmax_forward;
SoftmaxGrad softmax_grad;
}  // namespace cpu
namespace cuda {
SoftmaxForward softmax_forward;
SoftmaxGrad softmax_grad;
}  // namespace cuda

inline constexpr Kernel softmax_forward{"softmax_forward", &reference::softmax_forward, &cpu::softmax_forward,
                                        CUDA_SLOT(cuda::softmax_forward)};
inline constexpr Kernel softmax_grad{"softmax_grad", &reference::softmax_grad, &cpu::softmax_grad,
                                     CUDA_SLOT(cuda::softmax_grad)};

}  // namespace kernels
