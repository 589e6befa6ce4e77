// SPDX-License-Identifier: Apache-2.0
// Mean of (x - target)^2 over all elements. x and target have one shape and type, f32 or bf16, computed in f32 and
// summed in f64; loss {} f32. On reference all are f64.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

using MeanSquaredErrorForward = void(Queue&, ConstView x, ConstView target, View loss);
// dx = dloss * 2 (x - target) / elements.
using MeanSquaredErrorGrad = void(Queue&, ConstView x, ConstView target, ConstView dloss, View dx);

namespace reference {
MeanSquaredErrorForward mean_squared_error_forward;
MeanSquaredErrorGrad mean_squared_error_grad;
}  // namespace reference
namespace cpu {
MeanSquaredErrorForward mean_squared_error_forward;
MeanSquaredErrorGrad mean_squared_error_grad;
}  // namespace cpu
namespace cuda {
MeanSquaredErrorForward mean_squared_error_forward;
MeanSquaredErrorGrad mean_squared_error_grad;
}  // namespace cuda

inline constexpr Kernel mean_squared_error_forward{"mean_squared_error_forward", &reference::mean_squared_error_forward,
                                                   &cpu::mean_squared_error_forward,
                                                   CUDA_SLOT(cuda::mean_squared_error_forward)};
inline constexpr Kernel mean_squared_error_grad{"mean_squared_error_grad", &reference::mean_squared_error_grad,
                                                &cpu::mean_squared_error_grad,
                                                CUDA_SLOT(cuda::mean_squared_error_grad)};

}  // namespace kernels
