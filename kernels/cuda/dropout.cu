// SPDX-License-Identifier: Apache-2.0
// Dropout: by elements, each thread draws the words of its own chunk; by channels, one factor per image and channel,
// and then a product.
#include "kernels/cuda/elementwise.cuh"
#include "kernels/dropout.h"

namespace kernels::cuda {

namespace {

template <class T>
__global__ void drop_elements(RandomKey random, std::uint32_t threshold, float scale, const T* x, T* y,
                              std::int64_t count, bool aligned) {
  constexpr int width = vector_width<T>;  // A multiple of the four words of one counter.
  const std::int64_t at = chunk_start<width>();
  if (at >= count) return;
  float kept[width];
#pragma unroll
  for (int i = 0; i < width; i += 4) {
    const auto words = philox(random.key, random.step, static_cast<std::uint64_t>((at + i) / 4));
#pragma unroll
    for (int word = 0; word < 4; ++word)
      kept[i + word] = is_dropped(words[static_cast<std::size_t>(word)], threshold) ? 0.0f : scale;
  }
  // Chosen, not multiplied: an infinity that is dropped becomes 0.
  if (aligned && at + width <= count) {
    float values[width];
    load_chunk(x + at, values);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = kept[i] == 0.0f ? 0.0f : values[i] * scale;
    store_chunk(y + at, values);
  } else {
#pragma unroll
    for (int i = 0; i < width; ++i)
      if (at + i < count) store(y, at + i, kept[i] == 0.0f ? 0.0f : load(x, at + i) * scale);
  }
}

// factors[n * C + c]: 0 or scale. A thread per counter.
__global__ void draw_channels(RandomKey random, std::uint32_t threshold, float scale, float* factors,
                              std::int64_t units) {
  const std::int64_t counter = chunk_start<1>();
  if (counter * 4 >= units) return;
  const auto words = philox(random.key, random.step, static_cast<std::uint64_t>(counter));
  for (int word = 0; word < 4; ++word)
    if (counter * 4 + word < units)
      factors[counter * 4 + word] = is_dropped(words[static_cast<std::size_t>(word)], threshold) ? 0.0f : scale;
}

template <class T>
__global__ void drop_channels(const float* factors, const T* x, T* y, std::int64_t count, std::int64_t image,
                              std::int64_t channels, bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  if (at >= count) return;
  const auto dropped = [&](float factor, float value) {
    return factor == 0.0f ? 0.0f : value * factor;
  };
  if (aligned && channels % width == 0 && at + width <= count) {  // The chunk lies in one pixel.
    const float* factor = factors + at / image * channels + at % channels;
    float values[width];
    load_chunk(x + at, values);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = dropped(factor[i], values[i]);
    store_chunk(y + at, values);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i)
      store(y, i, dropped(factors[i / image * channels + i % channels], load(x, i)));
  }
}

}  // namespace

void dropout(Queue& queue, const DropoutOptions& options, const RandomKey& random, ConstView x, View y) {
  const std::uint32_t threshold = dropout_threshold(options.probability);
  const auto scale = static_cast<float>(dropout_scale(options.probability));
  const std::int64_t count = x.elements();
  visit_dtype<float, bf16>(x.dtype, "dropout", [&]<class T>() {
    const Grid grid = elementwise_grid("dropout", count, vector_width<T>);
    const bool aligned = all_aligned(x.as<T>(), y.as<T>());
    if (options.unit == DropoutOptions::Unit::element)
      return launch(queue, grid, drop_elements<T>, random, threshold, scale, x.as<T>(), y.as<T>(), count, aligned);
    const std::int64_t units = x.shape.n() * x.shape.c();
    const Workspace factors(queue, static_cast<std::size_t>(units) * sizeof(float));
    launch(queue, elementwise_grid("dropout, channels", units, 4), draw_channels, random, threshold, scale,
           factors.as<float>(), units);
    launch(queue, grid, drop_channels<T>, factors.as<float>(), x.as<T>(), y.as<T>(), count, count / x.shape.n(),
           x.shape.c(), aligned);
  });
}

}  // namespace kernels::cuda
