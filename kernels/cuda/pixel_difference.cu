// SPDX-License-Identifier: Apache-2.0
// Weights are few: a thread per number of the result, which reads the handful that make it.
#include "kernels/cuda/elementwise.cuh"
#include "kernels/pixel_difference.h"

namespace kernels::cuda {

namespace {

// The map as a kernel takes it.
struct Factors {
  signed char of[PixelDifferenceMap::most_places][PixelDifferenceMap::places_of_weight];
};

Factors factors_of(const PixelDifferenceMap& map) {
  Factors factors{};
  for (std::size_t place = 0; place < map.factor.size(); ++place)
    for (std::size_t from = 0; from < map.factor[place].size(); ++from)
      factors.of[place][from] = map.factor[place][from];
  return factors;
}

__global__ void weigh_differences(Factors factors, const float* weight, std::int64_t inputs, int places, float* y,
                                  std::int64_t count) {
  const std::int64_t at = chunk_start<1>();
  if (at >= count) return;
  const std::int64_t i = at % inputs, row = at / inputs;
  const int place = static_cast<int>(row % places);
  const float* from = weight + row / places * PixelDifferenceMap::places_of_weight * inputs + i;
  float sum = 0;
  for (int b = 0; b < PixelDifferenceMap::places_of_weight; ++b)
    if (factors.of[place][b] != 0) sum += static_cast<float>(factors.of[place][b]) * from[b * inputs];
  y[at] = sum;
}

__global__ void weigh_differences_gradient(Factors factors, const float* dy, std::int64_t inputs, int places,
                                           float* dweight, std::int64_t count) {
  const std::int64_t at = chunk_start<1>();
  if (at >= count) return;
  const std::int64_t i = at % inputs, row = at / inputs;
  const int b = static_cast<int>(row % PixelDifferenceMap::places_of_weight);
  const float* from = dy + row / PixelDifferenceMap::places_of_weight * places * inputs + i;
  float sum = 0;
  for (int place = 0; place < places; ++place)
    if (factors.of[place][b] != 0) sum += static_cast<float>(factors.of[place][b]) * from[place * inputs];
  dweight[at] = sum;
}

}  // namespace

void pixel_difference_forward(Queue& queue, PixelDifference kind, ConstView weight, View y) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  launch(queue, elementwise_grid("pixel_difference_forward", y.elements(), 1), weigh_differences, factors_of(map),
         weight.as<float>(), weight.shape[1], map.places, y.as<float>(), y.elements());
}

void pixel_difference_grad(Queue& queue, PixelDifference kind, ConstView dy, View dweight) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  launch(queue, elementwise_grid("pixel_difference_grad", dweight.elements(), 1), weigh_differences_gradient,
         factors_of(map), dy.as<float>(), dweight.shape[1], map.places, dweight.as<float>(), dweight.elements());
}

}  // namespace kernels::cuda
