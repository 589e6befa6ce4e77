// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_transpose2d.h"

#include <algorithm>

namespace kernels {

Shape conv_transpose2d_shape(const Shape& x, const Shape& weight, const ConvTranspose2dOptions& options) {
  if (x.rank() != 4 || weight.rank() != 4)
    throw ShapeError("conv_transpose2d: expected x [n, i, h, w] and weight [i, o, kh, kw], got x {}, weight {}", x,
                     weight);
  if (x.c() != weight[0])
    throw ShapeError("conv_transpose2d: weight expects {} input channels, x has {} (x {}, weight {})", weight[0], x.c(),
                     x, weight);
  if (options.groups < 1 || weight[0] % options.groups != 0)
    throw ShapeError("conv_transpose2d: {} input channels do not divide into {} groups", weight[0], options.groups);
  const auto extent = [&](std::int64_t in, std::int64_t kernel, int stride, int padding, int extra, int dilation) {
    if (stride < 1 || dilation < 1 || padding < 0 || extra < 0 || extra >= std::max(stride, dilation))
      throw ShapeError(
          "conv_transpose2d: stride {}, padding {}, output_padding {}, dilation {} do not go together: stride and "
          "dilation must be at least 1 and output_padding smaller than one of them",
          options.stride, options.padding, options.output_padding, options.dilation);
    const std::int64_t out = (in - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1;
    if (in < 1 || kernel < 1 || out < 1)
      throw ShapeError("conv_transpose2d: x {} with a {}x{} kernel and padding {} leaves no output", x, weight[2],
                       weight[3], options.padding);
    return out;
  };
  return {x.n(), weight[1] * options.groups,
          extent(x.h(), weight[2], options.stride.h, options.padding.h, options.output_padding.h, options.dilation.h),
          extent(x.w(), weight[3], options.stride.w, options.padding.w, options.output_padding.w, options.dilation.w)};
}

Conv2dOptions adjoint_convolution(const ConvTranspose2dOptions& options) {
  return {.stride = options.stride, .padding = options.padding, .dilation = options.dilation, .groups = options.groups};
}

}  // namespace kernels
