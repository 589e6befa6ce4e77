// SPDX-License-Identifier: Apache-2.0
#include "kernels/pool2d.h"

namespace kernels {

Shape pool2d_shape(const char* op, const Shape& x, const Pool2dOptions& options) {
  if (x.rank() != 4) throw ShapeError("{}: expected x [n, c, h, w], got {}", op, x);
  const auto extent = [&](std::int64_t in, int kernel, int stride, int padding) {
    if (kernel < 1 || stride < 1 || padding < 0 || 2 * padding > kernel)
      throw ShapeError(
          "{}: kernel {}, stride {}, padding {} do not go together: padding must be at most half of kernel", op,
          options.kernel, options.stride, options.padding);
    if (in + 2 * padding < kernel)
      throw ShapeError("{}: a {} window with padding {} does not fit on x {}", op, options.kernel, options.padding, x);
    return (in + 2 * padding - kernel) / stride + 1;
  };
  return {x.n(), x.c(), extent(x.h(), options.kernel.h, options.stride.h, options.padding.h),
          extent(x.w(), options.kernel.w, options.stride.w, options.padding.w)};
}

}  // namespace kernels
