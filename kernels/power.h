// SPDX-License-Identifier: Apache-2.0
// Images raised to one power each: y[n, ...] = x[n, ...]^(exponent[n] + shift), x not negative.
//   dx = dy p x^(p - 1)      dexponent[n] = sum over image n of dy y ln(x)      with p = exponent[n] + shift
// where the summand is 0 at x = 0 if p >= 0. x and y f32 or bf16, computed in f32; exponent and its gradient f32,
// summed in f64 (f64 on reference). An exponent has one element per image.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

struct PowerOptions {
  double shift = 0;
};

struct PowerGradients {
  View dx, dexponent;  // Either may be empty; assigned, not added to.
};
inline double bytes_of_argument(const PowerGradients& gradients) {
  return bytes_of_argument(gradients.dx);
}

using PowerForward = void(Queue&, const PowerOptions&, ConstView x, ConstView exponent, View y);
using PowerGrad = void(Queue&, const PowerOptions&, ConstView dy, ConstView x, ConstView exponent,
                       const PowerGradients&);

namespace reference {
PowerForward power_forward;
PowerGrad power_grad;
}  // namespace reference
namespace cpu {
PowerForward power_forward;
PowerGrad power_grad;
}  // namespace cpu
namespace cuda {
PowerForward power_forward;
PowerGrad power_grad;
}  // namespace cuda

inline constexpr Kernel power_forward{"power_forward", &reference::power_forward, &cpu::power_forward,
                                      CUDA_SLOT(cuda::power_forward)};
inline constexpr Kernel power_grad{"power_grad", &reference::power_grad, &cpu::power_grad, CUDA_SLOT(cuda::power_grad)};

}  // namespace kernels
