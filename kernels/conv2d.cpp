// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv2d.h"

namespace kernels {

Shape conv2d_shape(const Shape& x, const Shape& weight, const Conv2dOptions& options) {
  if (x.rank() != 4 || weight.rank() != 4)
    throw ShapeError("conv2d: expected x [n, c, h, w] and weight [o, i, kh, kw], got x {}, weight {}", x, weight);
  const auto groups = options.groups;
  if (groups < 1 || weight[0] % groups != 0 || x.c() != weight[1] * groups)
    throw ShapeError("conv2d: weight expects {} input channels in {} groups, x has {} (x {}, weight {})",
                     weight[1] * groups, groups, x.c(), x, weight);
  const auto extent = [&](std::int64_t in, std::int64_t kernel, int stride, int padding, int dilation) {
    const std::int64_t span = in + 2 * padding - dilation * (kernel - 1) - 1;
    if (stride < 1 || dilation < 1 || padding < 0 || span < 0)
      throw ShapeError("conv2d: a {}x{} kernel with stride {}, padding {}, dilation {} does not fit on x {}", weight[2],
                       weight[3], options.stride, options.padding, options.dilation, x);
    return span / stride + 1;
  };
  return {x.n(), weight[0], extent(x.h(), weight[2], options.stride.h, options.padding.h, options.dilation.h),
          extent(x.w(), weight[3], options.stride.w, options.padding.w, options.dilation.w)};
}

}  // namespace kernels
