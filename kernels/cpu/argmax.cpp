// SPDX-License-Identifier: Apache-2.0
// One pass in transposed blocks (planes.h), without branches.
#include "kernels/argmax.h"

#include "kernels/cpu/planes.h"

namespace kernels::cpu {

void argmax(Queue& queue, int axis, ConstView x, View y) {
  constexpr std::int64_t block = Planes::block;
  const AxisView lines = along(x.shape, axis);
  auto* to = y.as<std::int64_t>();
  const auto make = [&] {
    return Planes(lines.extent);
  };
  visit_dtype<float, bf16>(x.dtype, "argmax", [&]<class T>() {
    const T* from = x.as<T>();
    for_each_axis_block(queue, lines, make, [&](const BlockPlace& place, std::int64_t first, Planes& planes) {
      float best[block];
      std::int32_t index[block] = {};
      planes.gather(from, place);
      std::copy_n(planes.plane(0), block, best);
      for (std::int64_t k = 1; k < lines.extent; ++k) {
        const float* plane = planes.plane(k);
        const auto here = static_cast<std::int32_t>(k);
        for (std::int64_t p = 0; p < block; ++p) {
          // Larger, or NaN after a number. `!(a <= b)` is true for both; nothing replaces a NaN.
          const bool better = !(plane[p] <= best[p]) & (best[p] == best[p]);
          best[p] = better ? plane[p] : best[p];
          index[p] = better ? here : index[p];
        }
      }
      for (std::int64_t p = 0; p < place.count; ++p) to[first + p] = index[p];
    });
  });
}

}  // namespace kernels::cpu
