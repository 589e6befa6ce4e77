// SPDX-License-Identifier: Apache-2.0
// One pass in transposed blocks (planes.h).
#include "kernels/argmax.h"

#include "kernels/cpu/largest_of_block.h"

namespace kernels::cpu {

void argmax(Queue& queue, int axis, ConstView x, View y) {
  const AxisView lines = along(x.shape, axis);
  auto* to = y.as<std::int64_t>();
  const auto make = [&] {
    return Planes(lines.extent);
  };
  visit_dtype<float, bf16>(x.dtype, "argmax", [&]<class T>() {
    const T* from = x.as<T>();
    for_each_axis_block(queue, lines, make, [&](const BlockPlace& place, std::int64_t first, Planes& planes) {
      planes.gather(from, place);
      const LargestOfBlock largest(planes);
      for (std::int64_t p = 0; p < place.count; ++p) to[first + p] = largest.place[p];
    });
  });
}

}  // namespace kernels::cpu
