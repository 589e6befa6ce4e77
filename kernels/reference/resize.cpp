// SPDX-License-Identifier: Apache-2.0
// Resizing as its definition reads: four weighted pixels for each output (nearest has one weight of 1 and three of 0).
#include "kernels/resize.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(x offset, y offset, weight) for every product of the sum.
template <class Body>
void for_each_product(const ResizeOptions& options, const Shape& x, const Shape& y, Body&& body) {
  for (std::int64_t n = 0; n < y.n(); ++n)
    for (std::int64_t c = 0; c < y.c(); ++c)
      for (std::int64_t p = 0; p < y.h(); ++p)
        for (std::int64_t q = 0; q < y.w(); ++q) {
          const ResizeTap row = resize_tap(options, p, x.h(), y.h()), column = resize_tap(options, q, x.w(), y.w());
          const std::int64_t at = y.offset(n, c, p, q);
          body(x.offset(n, c, row.first, column.first), at, (1 - row.weight) * (1 - column.weight));
          body(x.offset(n, c, row.first, column.second), at, (1 - row.weight) * column.weight);
          body(x.offset(n, c, row.second, column.first), at, row.weight * (1 - column.weight));
          body(x.offset(n, c, row.second, column.second), at, row.weight * column.weight);
        }
}

}  // namespace

void resize_forward(Queue&, const ResizeOptions& options, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  std::fill(to, to + y.elements(), 0.0);
  for_each_product(options, x.shape, y.shape,
                   [&](auto at_x, auto at_y, double weight) { to[at_y] += weight * from[at_x]; });
}

void resize_grad(Queue&, const ResizeOptions& options, ConstView dy, View dx) {
  const auto* from = dy.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_product(options, dx.shape, dy.shape,
                   [&](auto at_x, auto at_y, double weight) { to[at_x] += weight * from[at_y]; });
}

}  // namespace kernels::reference
