// SPDX-License-Identifier: Apache-2.0
// Joining element by element.
#include "kernels/concat.h"

namespace kernels::reference {

namespace {

// Calls body(element of the part, element of the whole).
template <class Body>
void for_each_element(const Shape& part, const Shape& whole, int axis, std::int64_t begin, Body&& body) {
  const AxisView small = along(part, axis), large = along(whole, axis);
  for (std::int64_t o = 0; o < small.outer; ++o)
    for (std::int64_t a = 0; a < small.extent; ++a)
      for (std::int64_t i = 0; i < small.inner; ++i)
        body((o * small.extent + a) * small.inner + i, (o * large.extent + begin + a) * large.inner + i);
}

}  // namespace

void concat_forward(Queue&, int axis, const std::vector<ConstView>& parts, View y) {
  visit_dtype<double, std::int64_t, std::int32_t, std::uint8_t>(y.dtype, "concat_forward", [&]<class T>() {
    std::int64_t begin = 0;
    for (const ConstView& part : parts) {
      const T* from = part.as<T>();
      T* to = y.as<T>();
      for_each_element(part.shape, y.shape, axis, begin, [&](auto at_part, auto at_y) { to[at_y] = from[at_part]; });
      begin += part.shape[axis];
    }
  });
}

void concat_grad(Queue&, int axis, ConstView dy, const std::vector<View>& parts) {
  std::int64_t begin = 0;
  for (const View& part : parts) {
    const auto* from = dy.as<double>();
    auto* to = part.as<double>();
    if (part)
      for_each_element(part.shape, dy.shape, axis, begin, [&](auto at_part, auto at_y) { to[at_part] = from[at_y]; });
    begin += part.shape[axis];
  }
}

}  // namespace kernels::reference
