// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/conv2d_epilogue.h"
#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

namespace {

template <class T>
__global__ void scale_rows(const float* weight, const float* scale, T* to, std::int64_t count, std::int64_t depth,
                           bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  const auto factor = [&](std::int64_t i) {
    return scale != nullptr ? scale[i / depth] : 1.0f;
  };
  if (aligned && at + width <= count) {
    float values[width];
    load_chunk(weight + at, values);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] *= factor(at + i);
    store_chunk(to + at, values);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i) store(to, i, factor(i) * weight[i]);
  }
}

template <class T>
struct Finishing {
  T* sums;
  const float* bias;
  const T* residual;
  std::int64_t count;
  int channels;
  float slope;
  bool vectors;  // A chunk lies within a pixel, and every address is aligned.
};

template <class T>
__global__ void finish_chunk(Finishing<T> p) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  if (at >= p.count) return;
  int channel = static_cast<int>(at % p.channels);
  if (p.vectors) {
    float values[width], others[width] = {};
    load_chunk(p.sums + at, values);
    if (p.residual != nullptr) load_chunk(p.residual + at, others);
#pragma unroll
    for (int i = 0; i < width; ++i) {
      const float sum = values[i] + (p.bias != nullptr ? p.bias[channel + i] : 0.0f) + others[i];
      values[i] = sum > 0 ? sum : p.slope * sum;
    }
    store_chunk(p.sums + at, values);
    return;
  }
  for (std::int64_t i = at; i < at + width && i < p.count; ++i) {
    const float added = p.residual != nullptr ? load(p.residual, i) : 0.0f;
    const float sum = load(p.sums, i) + (p.bias != nullptr ? p.bias[channel] : 0.0f) + added;
    store(p.sums, i, sum > 0 ? sum : p.slope * sum);
    if (++channel == p.channels) channel = 0;
  }
}

}  // namespace

void scale_weights(Queue& queue, ConstView weight, ConstView scale, View to) {
  visit_dtype<float, bf16>(to.dtype, "conv2d, scaled weights", [&]<class T>() {
    const std::int64_t count = weight.elements();
    launch(queue, elementwise_grid("conv2d, scaled weights", count, vector_width<T>), scale_rows<T>, weight.as<float>(),
           scale.as<float>(), to.as<T>(), count, count / weight.shape[0], all_aligned(weight.as<float>(), to.as<T>()));
  });
}

void finish_sums(Queue& queue, ConstView bias, ConstView residual, const Activation& activation, View sums) {
  visit_dtype<float, bf16>(sums.dtype, "conv2d, bias, residual and activation", [&]<class T>() {
    const Finishing<T> p{.sums = sums.as<T>(),
                         .bias = bias.as<float>(),
                         .residual = residual.as<T>(),
                         .count = sums.elements(),
                         .channels = static_cast<int>(sums.shape.c()),
                         .slope = static_cast<float>(activation.slope),
                         .vectors = takes_vectors(sums.as<T>(), sums.shape.c()) && all_aligned(residual.as<T>())};
    launch(queue, elementwise_grid("conv2d, bias, residual and activation", p.count, vector_width<T>), finish_chunk<T>,
           p);
  });
}

}  // namespace kernels::cuda
