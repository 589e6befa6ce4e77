// SPDX-License-Identifier: Apache-2.0
// A section of a tensor along one axis: y = x[..., begin : begin + y's extent, ...]. Any element type; the gradient is
// zero outside of the section.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

struct SliceOptions {
  int axis = 0;
  std::int64_t begin = 0, end = 0;  // [begin, end) along the axis.
};

// Shape of y. Throws ShapeError where the section is empty or not inside x.
Shape slice_shape(const Shape& x, const SliceOptions& options);

using SliceForward = void(Queue&, const SliceOptions&, ConstView x, View y);
using SliceGrad = void(Queue&, const SliceOptions&, ConstView dy, View dx);  // dx =

namespace reference {
SliceForward slice_forward;
SliceGrad slice_grad;
}  // namespace reference
namespace cpu {
SliceForward slice_forward;
SliceGrad slice_grad;
}  // namespace cpu
namespace cuda {
SliceForward slice_forward;
SliceGrad slice_grad;
}  // namespace cuda

inline constexpr Kernel slice_forward{"slice_forward", &reference::slice_forward, &cpu::slice_forward,
                                      CUDA_SLOT(cuda::slice_forward)};
inline constexpr Kernel slice_grad{"slice_grad", &reference::slice_grad, &cpu::slice_grad, CUDA_SLOT(cuda::slice_grad)};

}  // namespace kernels
