// SPDX-License-Identifier: Apache-2.0
// Tensors joined along one axis: y's extent there is the sum of theirs, the other extents are equal. Any element type.
// Along channels, which are innermost in memory, this is one strided copy per part.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace kernels {

using ConcatForward = void(Queue&, int axis, const std::vector<ConstView>& parts, View y);
// The way back: each part receives its section of dy. An empty view is skipped, but its shape still counts.
using ConcatGrad = void(Queue&, int axis, ConstView dy, const std::vector<View>& parts);

// Shape of the result. Throws ShapeError where the parts do not fit together or there are none.
Shape concat_shape(const std::vector<Shape>& parts, int axis);

namespace reference {
ConcatForward concat_forward;
ConcatGrad concat_grad;
}  // namespace reference
namespace cpu {
ConcatForward concat_forward;
ConcatGrad concat_grad;
}  // namespace cpu
namespace cuda {
ConcatForward concat_forward;
ConcatGrad concat_grad;
}  // namespace cuda

inline constexpr Kernel concat_forward{"concat_forward", &reference::concat_forward, &cpu::concat_forward,
                                       CUDA_SLOT(cuda::concat_forward)};
inline constexpr Kernel concat_grad{"concat_grad", &reference::concat_grad, &cpu::concat_grad,
                                    CUDA_SLOT(cuda::concat_grad)};

}  // namespace kernels
