// SPDX-License-Identifier: Apache-2.0
// PReLU (He et al. 2015): y = x > 0 ? x : weight[c] x. x [n, c, h, w] f32 or bf16; weight [c], or [1] for all channels,
// f32. f64 on reference.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

using PreluForward = void(Queue&, ConstView x, ConstView weight, View y);
// dx = dy (x > 0 ? 1 : weight), dweight = sum over x <= 0 of dy x. dx or dweight may be empty; both are assigned.
using PreluGrad = void(Queue&, ConstView dy, ConstView x, ConstView weight, View dx, View dweight);

namespace reference {
PreluForward prelu_forward;
PreluGrad prelu_grad;
}  // namespace reference
namespace cpu {
PreluForward prelu_forward;
PreluGrad prelu_grad;
}  // namespace cpu
namespace cuda {
PreluForward prelu_forward;
PreluGrad prelu_grad;
}  // namespace cuda

inline constexpr Kernel prelu_forward{"prelu_forward", &reference::prelu_forward, &cpu::prelu_forward,
                                      CUDA_SLOT(cuda::prelu_forward)};
inline constexpr Kernel prelu_grad{"prelu_grad", &reference::prelu_grad, &cpu::prelu_grad, CUDA_SLOT(cuda::prelu_grad)};

}  // namespace kernels
