// SPDX-License-Identifier: Apache-2.0
#include "kernels/pixel_difference.h"

namespace kernels::reference {

void pixel_difference_forward(Queue&, PixelDifference kind, ConstView weight, View y) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  const std::int64_t inputs = weight.shape[1];
  for (std::int64_t o = 0; o < weight.shape[0]; ++o)
    for (std::int64_t place = 0; place < map.places; ++place)
      for (std::int64_t i = 0; i < inputs; ++i) {
        double sum = 0;
        for (std::int64_t from = 0; from < 9; ++from)
          sum += map.factor[static_cast<std::size_t>(place)][static_cast<std::size_t>(from)] *
                 weight.as<double>()[(o * 9 + from) * inputs + i];
        y.as<double>()[(o * map.places + place) * inputs + i] = sum;
      }
}

void pixel_difference_grad(Queue&, PixelDifference kind, ConstView dy, View dweight) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  const std::int64_t inputs = dweight.shape[1];
  for (std::int64_t o = 0; o < dweight.shape[0]; ++o)
    for (std::int64_t from = 0; from < 9; ++from)
      for (std::int64_t i = 0; i < inputs; ++i) {
        double sum = 0;
        for (std::int64_t place = 0; place < map.places; ++place)
          sum += map.factor[static_cast<std::size_t>(place)][static_cast<std::size_t>(from)] *
                 dy.as<double>()[(o * map.places + place) * inputs + i];
        dweight.as<double>()[(o * 9 + from) * inputs + i] = sum;
      }
}

}  // namespace kernels::reference
