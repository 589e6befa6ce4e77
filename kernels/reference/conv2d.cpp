// SPDX-License-Identifier: Apache-2.0
// Convolution as its definition reads: every output, then every tap. Slow and obviously right.
#include "kernels/conv2d.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(x offset, weight offset, y offset) for every product of the sum.
template <class Body>
void for_each_product(const Conv2dOptions& options, const Shape& x, const Shape& weight, const Shape& y, Body&& body) {
  const std::int64_t in_per_group = weight[1], out_per_group = weight[0] / options.groups;
  for (std::int64_t n = 0; n < y.n(); ++n)
    for (std::int64_t p = 0; p < y.h(); ++p)
      for (std::int64_t q = 0; q < y.w(); ++q)
        for (std::int64_t r = 0; r < weight[2]; ++r) {
          const std::int64_t row = p * options.stride.h - options.padding.h + r * options.dilation.h;
          if (row < 0 || row >= x.h()) continue;
          for (std::int64_t s = 0; s < weight[3]; ++s) {
            const std::int64_t column = q * options.stride.w - options.padding.w + s * options.dilation.w;
            if (column < 0 || column >= x.w()) continue;
            for (std::int64_t o = 0; o < weight[0]; ++o) {
              const std::int64_t first = o / out_per_group * in_per_group;
              const std::int64_t at_y = y.offset(n, o, p, q);
              const std::int64_t at_weight = weight.offset(o, 0, r, s), at_x = x.offset(n, first, row, column);
              for (std::int64_t i = 0; i < in_per_group; ++i) body(at_x + i, at_weight + i, at_y);
            }
          }
        }
}

}  // namespace

void conv2d_forward(Queue&, const Conv2dOptions& options, ConstView x, ConstView weight, const Conv2dEpilogue& epilogue,
                    View y) {
  const auto *from = x.as<double>(), *w = weight.as<double>();
  const auto *scale = epilogue.scale.as<double>(), *bias = epilogue.bias.as<double>();
  const auto* residual = epilogue.residual.as<double>();
  auto* to = y.as<double>();
  std::fill(to, to + y.elements(), 0.0);
  for_each_product(options, x.shape, weight.shape, y.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_y] += from[at_x] * w[at_weight]; });
  const std::int64_t channels = y.shape.c();
  for (std::int64_t i = 0; i < y.elements(); ++i) {
    const std::int64_t o = i % channels;
    const double sum = to[i] * (scale ? scale[o] : 1.0) + (bias ? bias[o] : 0.0) + (residual ? residual[i] : 0.0);
    to[i] = options.activation.is_none() ? sum : activate(sum, options.activation.slope);
  }
}

void conv2d_grad_input(Queue&, const Conv2dOptions& options, ConstView dy, ConstView weight, View dx) {
  const auto *from = dy.as<double>(), *w = weight.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_product(options, dx.shape, weight.shape, dy.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_x] += from[at_y] * w[at_weight]; });
}

void conv2d_grad_weight(Queue&, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight) {
  const auto *from = dy.as<double>(), *in = x.as<double>();
  auto* to = dweight.as<double>();
  std::fill(to, to + dweight.elements(), 0.0);
  for_each_product(options, x.shape, dweight.shape, dy.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_weight] += from[at_y] * in[at_x]; });
}

void conv2d_grad_bias(Queue&, ConstView dy, View dbias) {
  const auto* from = dy.as<double>();
  auto* to = dbias.as<double>();
  const std::int64_t channels = dbias.elements();
  std::fill(to, to + channels, 0.0);
  for (std::int64_t i = 0; i < dy.elements(); ++i) to[i % channels] += from[i];
}

}  // namespace kernels::reference
