// SPDX-License-Identifier: Apache-2.0
// Transposed convolution as its definition reads: every input spreads over the outputs that its taps reach.
#include "kernels/conv_transpose2d.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(x offset, weight offset, y offset) for every product of the sum.
template <class Body>
void for_each_product(const ConvTranspose2dOptions& options, const Shape& x, const Shape& weight, const Shape& y,
                      Body&& body) {
  const std::int64_t in_per_group = weight[0] / options.groups, out_per_group = weight[1];
  for (std::int64_t n = 0; n < x.n(); ++n)
    for (std::int64_t p = 0; p < x.h(); ++p)
      for (std::int64_t q = 0; q < x.w(); ++q)
        for (std::int64_t r = 0; r < weight[2]; ++r) {
          const std::int64_t row = p * options.stride.h - options.padding.h + r * options.dilation.h;
          if (row < 0 || row >= y.h()) continue;
          for (std::int64_t s = 0; s < weight[3]; ++s) {
            const std::int64_t column = q * options.stride.w - options.padding.w + s * options.dilation.w;
            if (column < 0 || column >= y.w()) continue;
            for (std::int64_t i = 0; i < x.c(); ++i)
              for (std::int64_t o = 0; o < out_per_group; ++o)
                body(x.offset(n, i, p, q), weight.offset(i, o, r, s),
                     y.offset(n, i / in_per_group * out_per_group + o, row, column));
          }
        }
}

}  // namespace

void conv_transpose2d_forward(Queue&, const ConvTranspose2dOptions& options, ConstView x, ConstView weight,
                              ConstView bias, View y) {
  const auto *from = x.as<double>(), *w = weight.as<double>(), *b = bias.as<double>();
  auto* to = y.as<double>();
  for (std::int64_t i = 0; i < y.elements(); ++i) to[i] = b ? b[i % y.shape.c()] : 0.0;
  for_each_product(options, x.shape, weight.shape, y.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_y] += from[at_x] * w[at_weight]; });
}

void conv_transpose2d_grad_input(Queue&, const ConvTranspose2dOptions& options, ConstView dy, ConstView weight,
                                 View dx) {
  const auto *from = dy.as<double>(), *w = weight.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_product(options, dx.shape, weight.shape, dy.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_x] += from[at_y] * w[at_weight]; });
}

void conv_transpose2d_grad_weight(Queue&, const ConvTranspose2dOptions& options, ConstView dy, ConstView x,
                                  View dweight) {
  const auto *from = dy.as<double>(), *in = x.as<double>();
  auto* to = dweight.as<double>();
  std::fill(to, to + dweight.elements(), 0.0);
  for_each_product(options, x.shape, dweight.shape, dy.shape,
                   [&](auto at_x, auto at_weight, auto at_y) { to[at_weight] += from[at_y] * in[at_x]; });
}

}  // namespace kernels::reference
