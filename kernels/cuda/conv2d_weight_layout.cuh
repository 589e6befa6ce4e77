// SPDX-License-Identifier: Apache-2.0
// Weights as the gathering products read them: for each phase and group one row per channel of the result, holding its
// taps one after the other and in each tap the channels of the source, in the type of the activations. Rows are padded
// with zeros to whole 128-bit accesses.
#pragma once

#include "kernels/cuda/conv2d_geometry.h"
#include "kernels/cuda/surface.cuh"
#include "kernels/queue.h"

namespace kernels::cuda {

struct WeightLayout {
  int pitch;              // Elements from row to row.
  std::int64_t elements;  // Of all rows.
};

template <class T>
WeightLayout weight_layout(const Gather& g) {
  constexpr int width = vector_width<T>;
  const int depth = most_taps(g.h) * most_taps(g.w) * g.source_channels;
  const int pitch = (depth + width - 1) / width * width;
  return {pitch, std::int64_t{pitch} * g.phases() * g.groups * g.result_channels};
}

// weight: [o, i, kh, kw], O KH KW I in memory, f32 masters.
template <class T>
void lay_out_weights(Queue& queue, const Gather& gather, const float* weight, const WeightLayout& layout, T* to);

extern template void lay_out_weights(Queue&, const Gather&, const float*, const WeightLayout&, float*);
extern template void lay_out_weights(Queue&, const Gather&, const float*, const WeightLayout&, bf16*);

}  // namespace kernels::cuda
