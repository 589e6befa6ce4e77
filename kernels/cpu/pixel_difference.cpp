// SPDX-License-Identifier: Apache-2.0
// Weights of one output channel at a time; rows of input channels are contiguous.
#include "kernels/pixel_difference.h"

#include "kernels/parallel.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t grain = 1 << 12;  // Weights that are worth a thread.

// to[a] = sum over b of factor(a, b) from[b], for rows of `inputs` numbers of each of `outputs` channels.
template <class Factor>
void map_places(Queue& queue, std::int64_t outputs, std::int64_t inputs, const float* from, std::int64_t from_places,
                float* to, std::int64_t to_places, Factor&& factor) {
  parallel_for(queue, outputs, 1 + grain / (inputs * to_places), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin * to_places; row < end * to_places; ++row) {
      const float* read = from + row / to_places * from_places * inputs;
      float* written = to + row * inputs;
      for (std::int64_t i = 0; i < inputs; ++i) written[i] = 0;
      for (std::int64_t b = 0; b < from_places; ++b) {
        const auto f =
            static_cast<float>(factor(static_cast<std::size_t>(row % to_places), static_cast<std::size_t>(b)));
        if (f == 0.0f) continue;
        for (std::int64_t i = 0; i < inputs; ++i) written[i] += f * read[b * inputs + i];
      }
    }
  });
}

}  // namespace

void pixel_difference_forward(Queue& queue, PixelDifference kind, ConstView weight, View y) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  map_places(queue, weight.shape[0], weight.shape[1], weight.as<float>(), 9, y.as<float>(), map.places,
             [&](std::size_t place, std::size_t from) { return map.factor[place][from]; });
}

void pixel_difference_grad(Queue& queue, PixelDifference kind, ConstView dy, View dweight) {
  const PixelDifferenceMap map = pixel_difference_map(kind);
  map_places(queue, dweight.shape[0], dweight.shape[1], dy.as<float>(), map.places, dweight.as<float>(), 9,
             [&](std::size_t from, std::size_t place) { return map.factor[place][from]; });
}

}  // namespace kernels::cpu
