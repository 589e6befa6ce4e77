// SPDX-License-Identifier: Apache-2.0
// Adaptive average pooling as its definition reads: every window, then every pixel of it.
#include "kernels/adaptive_average_pool2d.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(x offset, y offset, 1 / pixels of the window) for every pixel of every window.
template <class Body>
void for_each_place(const Shape& x, const Shape& y, Body&& body) {
  for (std::int64_t n = 0; n < y.n(); ++n)
    for (std::int64_t c = 0; c < y.c(); ++c)
      for (std::int64_t p = 0; p < y.h(); ++p)
        for (std::int64_t q = 0; q < y.w(); ++q) {
          const PoolWindow rows = adaptive_window(p, x.h(), y.h()), columns = adaptive_window(q, x.w(), y.w());
          const auto pixels = static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin));
          for (std::int64_t row = rows.begin; row < rows.end; ++row)
            for (std::int64_t column = columns.begin; column < columns.end; ++column)
              body(x.offset(n, c, row, column), y.offset(n, c, p, q), 1.0 / pixels);
        }
}

}  // namespace

void adaptive_average_pool2d_forward(Queue&, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  std::fill(to, to + y.elements(), 0.0);
  for_each_place(x.shape, y.shape, [&](auto at_x, auto at_y, double share) { to[at_y] += share * from[at_x]; });
}

void adaptive_average_pool2d_grad(Queue&, ConstView dy, View dx) {
  const auto* from = dy.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_place(dx.shape, dy.shape, [&](auto at_x, auto at_y, double share) { to[at_x] += share * from[at_y]; });
}

}  // namespace kernels::reference
