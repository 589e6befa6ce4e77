// SPDX-License-Identifier: Apache-2.0
// Images at another size: y[n, c, p, q] is read from x at row(p), column(q), where for in pixels of x and out of y
//   nearest             row(p) = floor(p in / out)
//   bilinear, aligned   row(p) = p (in - 1) / (out - 1): the centres of the corner pixels coincide (0 where out is 1)
//   bilinear, centres   row(p) = max(0, (p + 1/2) in / out - 1/2): the outer borders coincide
// and bilinear takes the two nearest rows and columns, weighted by distance; beyond the last pixel it repeats that one.
// Nothing is averaged where y is smaller. x and y [n, c, h, w] f32 or bf16 (f64 on reference).
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class Interpolation { nearest, bilinear };
enum class Corners { aligned, centres };

struct ResizeOptions {
  Interpolation interpolation = Interpolation::bilinear;
  Corners corners = Corners::centres;  // Of bilinear; nearest has one rule.
};

using ResizeForward = void(Queue&, const ResizeOptions&, ConstView x, View y);
using ResizeGrad = void(Queue&, const ResizeOptions&, ConstView dy, View dx);  // dx =

// What one row or column of y reads: (1 - weight) x[first] + weight x[second].
struct ResizeTap {
  std::int64_t first, second;
  double weight;
};
ResizeTap resize_tap(const ResizeOptions& options, std::int64_t at, std::int64_t in, std::int64_t out);

namespace reference {
ResizeForward resize_forward;
ResizeGrad resize_grad;
}  // namespace reference
namespace cpu {
ResizeForward resize_forward;
ResizeGrad resize_grad;
}  // namespace cpu
namespace cuda {
ResizeForward resize_forward;
ResizeGrad resize_grad;
}  // namespace cuda

inline constexpr Kernel resize_forward{"resize_forward", &reference::resize_forward, &cpu::resize_forward,
                                       CUDA_SLOT(cuda::resize_forward)};
inline constexpr Kernel resize_grad{"resize_grad", &reference::resize_grad, &cpu::resize_grad,
                                    CUDA_SLOT(cuda::resize_grad)};

}  // namespace kernels
