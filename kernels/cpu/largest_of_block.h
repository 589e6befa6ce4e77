// SPDX-License-Identifier: Apache-2.0
// The place of the largest number at each position of a block, without branches.
#pragma once

#include "kernels/cpu/planes.h"

namespace kernels::cpu {

struct LargestOfBlock {
  std::int32_t place[Planes::block];

  // Lanes beyond the block's positions get something, too.
  explicit LargestOfBlock(Planes& planes) : place{} {
    constexpr std::int64_t block = Planes::block;
    float best[block];
    std::copy_n(planes.plane(0), block, best);
    for (std::int64_t k = 1; k < planes.extent(); ++k) {
      const float* plane = planes.plane(k);
      const auto here = static_cast<std::int32_t>(k);
      for (std::int64_t p = 0; p < block; ++p) {
        // Larger, or NaN after a number. `!(a <= b)` is true for both; nothing replaces a NaN.
        const bool better = !(plane[p] <= best[p]) & (best[p] == best[p]);
        best[p] = better ? plane[p] : best[p];
        place[p] = better ? here : place[p];
      }
    }
  }
};

}  // namespace kernels::cpu
