// SPDX-License-Identifier: Apache-2.0
// Maximum pooling as its definition reads: every window, then every tap in order.
#include "kernels/max_pool2d.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

void max_pool2d_forward(Queue&, const Pool2dOptions& o, ConstView x, View y, View position) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  auto* where = position.as<std::uint8_t>();
  for (std::int64_t n = 0; n < y.shape.n(); ++n)
    for (std::int64_t p = 0; p < y.shape.h(); ++p)
      for (std::int64_t q = 0; q < y.shape.w(); ++q)
        for (std::int64_t c = 0; c < y.shape.c(); ++c) {
          double best = 0;
          std::int64_t winner = -1;
          for (std::int64_t r = 0; r < o.kernel.h; ++r)
            for (std::int64_t s = 0; s < o.kernel.w; ++s) {
              const std::int64_t row = p * o.stride.h - o.padding.h + r, column = q * o.stride.w - o.padding.w + s;
              if (row < 0 || row >= x.shape.h() || column < 0 || column >= x.shape.w()) continue;
              const double value = from[x.shape.offset(n, c, row, column)];
              if (winner >= 0 && !(value > best) && !std::isnan(value)) continue;
              best = value;
              winner = r * o.kernel.w + s;
            }
          to[y.shape.offset(n, c, p, q)] = best;
          if (where) where[y.shape.offset(n, c, p, q)] = static_cast<std::uint8_t>(winner);
        }
}

void max_pool2d_grad(Queue&, const Pool2dOptions& o, ConstView dy, ConstView position, View dx) {
  const auto* from = dy.as<double>();
  const auto* where = position.as<std::uint8_t>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for (std::int64_t n = 0; n < dy.shape.n(); ++n)
    for (std::int64_t p = 0; p < dy.shape.h(); ++p)
      for (std::int64_t q = 0; q < dy.shape.w(); ++q)
        for (std::int64_t c = 0; c < dy.shape.c(); ++c) {
          const std::int64_t at = dy.shape.offset(n, c, p, q);
          const std::int64_t row = p * o.stride.h - o.padding.h + where[at] / o.kernel.w;
          const std::int64_t column = q * o.stride.w - o.padding.w + where[at] % o.kernel.w;
          to[dx.shape.offset(n, c, row, column)] += from[at];
        }
}

}  // namespace kernels::reference
