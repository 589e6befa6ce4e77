// SPDX-License-Identifier: Apache-2.0
#include "kernels/pixel_difference.h"

namespace kernels {

PixelDifferenceMap pixel_difference_map(PixelDifference kind) {
  PixelDifferenceMap map;
  auto& factor = map.factor;
  constexpr std::size_t centre = 4;
  switch (kind) {
    case PixelDifference::central:
      for (std::size_t i = 0; i < 9; ++i) {
        factor[i][i] = 1;
        factor[centre][i] = static_cast<signed char>(factor[centre][i] - 1);
      }
      break;
    case PixelDifference::angular: {
      constexpr std::array<std::size_t, 9> before{3, 0, 1, 6, centre, 2, 7, 8, 5};
      for (std::size_t i = 0; i < 9; ++i) {
        if (i == centre) continue;
        factor[i][i] = 1;
        factor[i][before[i]] = -1;
      }
      break;
    }
    case PixelDifference::radial: {
      constexpr std::array<std::size_t, 8> outer{0, 2, 4, 10, 14, 20, 22, 24}, inner{6, 7, 8, 11, 13, 16, 17, 18};
      map.places = 25;
      for (std::size_t i = 0; i < 8; ++i) {
        factor[outer[i]][i + 1] = 1;
        factor[inner[i]][i + 1] = -1;
      }
      break;
    }
  }
  return map;
}

Shape pixel_difference_shape(const Shape& weight, PixelDifference kind) {
  if (weight.rank() != 4 || weight[2] != 3 || weight[3] != 3)
    throw ShapeError("pixel_difference: expected a weight [o, i, 3, 3], got {}", weight);
  const std::int64_t extent = kind == PixelDifference::radial ? 5 : 3;
  return {weight[0], weight[1], extent, extent};
}

}  // namespace kernels
