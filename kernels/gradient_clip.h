// SPDX-License-Identifier: Apache-2.0
// Clipping of gradients, all tensors of a network in one call.
//   norm = sqrt(sum of the squares of all elements of all tensors)
//   clip_to_norm: g *= min(1, limit / (norm + 1e-6))       Pascanu, Mikolov and Bengio 2013, as torch.nn.utils does it
//   clip_to_value: g = min(max(g, -limit), limit); NaN stays NaN
// Gradients are f32 (f64 on reference).
#pragma once

#include <span>

#include "kernels/kernel.h"

namespace kernels {

// norm: f64, one element. It is summed in double; the result does not depend on the number of threads.
using GlobalNorm = void(Queue&, std::span<const ConstView> tensors, View norm);
using ClipToNorm = void(Queue&, double limit, ConstView norm, std::span<const View> tensors);
using ClipToValue = void(Queue&, double limit, std::span<const View> tensors);

namespace reference {
GlobalNorm global_norm;
ClipToNorm clip_to_norm;
ClipToValue clip_to_value;
}  // namespace reference
namespace cpu {
GlobalNorm global_norm;
ClipToNorm clip_to_norm;
ClipToValue clip_to_value;
}  // namespace cpu
namespace cuda {
GlobalNorm global_norm;
ClipToNorm clip_to_norm;
ClipToValue clip_to_value;
}  // namespace cuda

inline constexpr Kernel global_norm{"global_norm", &reference::global_norm, &cpu::global_norm,
                                    CUDA_SLOT(cuda::global_norm)};
inline constexpr Kernel clip_to_norm{"clip_to_norm", &reference::clip_to_norm, &cpu::clip_to_norm,
                                     CUDA_SLOT(cuda::clip_to_norm)};
inline constexpr Kernel clip_to_value{"clip_to_value", &reference::clip_to_value, &cpu::clip_to_value,
                                      CUDA_SLOT(cuda::clip_to_value)};

}  // namespace kernels
