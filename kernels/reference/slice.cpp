// SPDX-License-Identifier: Apache-2.0
// Slicing element by element.
#include "kernels/slice.h"

#include <algorithm>

namespace kernels::reference {

namespace {

// Calls body(element of the section, element of the whole).
template <class Body>
void for_each_element(const Shape& section, const Shape& whole, const SliceOptions& options, Body&& body) {
  const AxisView small = along(section, options.axis), large = along(whole, options.axis);
  for (std::int64_t o = 0; o < small.outer; ++o)
    for (std::int64_t a = 0; a < small.extent; ++a)
      for (std::int64_t i = 0; i < small.inner; ++i)
        body((o * small.extent + a) * small.inner + i, (o * large.extent + options.begin + a) * large.inner + i);
}

}  // namespace

void slice_forward(Queue&, const SliceOptions& options, ConstView x, View y) {
  visit_dtype<double, std::int64_t, std::int32_t, std::uint8_t>(x.dtype, "slice_forward", [&]<class T>() {
    const T* from = x.as<T>();
    T* to = y.as<T>();
    for_each_element(y.shape, x.shape, options, [&](auto at_y, auto at_x) { to[at_y] = from[at_x]; });
  });
}

void slice_grad(Queue&, const SliceOptions& options, ConstView dy, View dx) {
  const auto* from = dy.as<double>();
  auto* to = dx.as<double>();
  std::fill(to, to + dx.elements(), 0.0);
  for_each_element(dy.shape, dx.shape, options, [&](auto at_dy, auto at_dx) { to[at_dx] = from[at_dy]; });
}

}  // namespace kernels::reference
