// SPDX-License-Identifier: Apache-2.0
// Average pooling as its definition reads: every window, then every tap.
#include "kernels/average_pool2d.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(x offset, y offset, 1 / divisor) for every place of every window that lies on the image.
template <class Body>
void for_each_place(const AveragePool2dOptions& options, const Shape& x, const Shape& y, Body&& body) {
  const Pool2dOptions& o = options.window;
  for (std::int64_t n = 0; n < y.n(); ++n)
    for (std::int64_t c = 0; c < y.c(); ++c)
      for (std::int64_t p = 0; p < y.h(); ++p)
        for (std::int64_t q = 0; q < y.w(); ++q) {
          const PoolWindow rows = pool_window(p, o.kernel.h, o.stride.h, o.padding.h, x.h());
          const PoolWindow columns = pool_window(q, o.kernel.w, o.stride.w, o.padding.w, x.w());
          const std::int64_t places = options.padded_places == PaddedPlaces::counted
                                          ? std::int64_t{o.kernel.h} * o.kernel.w
                                          : (rows.end - rows.begin) * (columns.end - columns.begin);
          for (std::int64_t row = rows.begin; row < rows.end; ++row)
            for (std::int64_t column = columns.begin; column < columns.end; ++column)
              body(x.offset(n, c, row, column), y.offset(n, c, p, q), 1.0 / static_cast<double>(places));
        }
}

}  // namespace

void average_pool2d_forward(Queue&, const AveragePool2dOptions& options, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  std::fill(to, to + y.elements(), 0.0);
  for_each_place(options, x.shape, y.shape,
                 [&](auto at_x, auto at_y, double share) { to[at_y] += share * from[at_x]; });
}

void average_pool2d_grad(Queue&, const AveragePool2dOptions& options, ConstView dy, View dx) {
  const auto* from = dy.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_place(options, dx.shape, dy.shape,
                 [&](auto at_x, auto at_y, double share) { to[at_x] += share * from[at_y]; });
}

}  // namespace kernels::reference
