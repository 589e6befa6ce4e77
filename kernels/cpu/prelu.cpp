// SPDX-License-Identifier: Apache-2.0
// One pass in each direction. The weight's gradient is summed in f32 per chunk of fixed borders and in f64 over chunks.
#include "kernels/prelu.h"

#include "kernels/cpu/blocks.h"

namespace kernels::cpu {

namespace {

template <class T>
void grad(Queue& queue, ConstView dy, ConstView x, const std::vector<float>& slopes, const Lanes& lanes, View dx,
          View dweight) {
  const T *from = dy.as<T>(), *argument = x.as<T>();
  T* to = dx.as<T>();
  const float* slope = slopes.data();
  std::vector<double> partial(static_cast<std::size_t>(dweight ? lanes.chunks() * lanes.channels : 0));
  fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t index, std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(lanes.width));
    float* sum = sums.data();
    for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
      if (to)
        for_each_block(
            n, [](std::int64_t, float d, float v, float w) { return d * (v > 0.0f ? 1.0f : w); }, to + at, from + at,
            argument + at, slope);
      if (dweight)
        for_each_block(
            n, [](std::int64_t, float s, float d, float v) { return s + d * (v > 0.0f ? 0.0f : v); }, sum,
            static_cast<const float*>(sum), from + at, argument + at);
    });
    if (!dweight) return;
    double* row = &partial[static_cast<std::size_t>(index * lanes.channels)];
    for (std::int64_t i = 0; i < lanes.width; ++i) row[i % lanes.channels] += static_cast<double>(sum[i]);
  });
  if (!dweight) return;
  const std::int64_t period = dweight.elements();
  std::vector<double> total(static_cast<std::size_t>(period));
  for (std::size_t i = 0; i < partial.size(); ++i)
    total[i % static_cast<std::size_t>(lanes.channels) % total.size()] += partial[i];
  for (std::int64_t c = 0; c < period; ++c)
    dweight.as<float>()[c] = static_cast<float>(total[static_cast<std::size_t>(c)]);
}

std::vector<float> spread(const Lanes& lanes, ConstView weight) {
  const auto* w = weight.as<float>();
  const std::int64_t period = weight.elements();
  return lanes.spread([&](std::int64_t c) { return w[c % period]; });
}

}  // namespace

void prelu_forward(Queue& queue, ConstView x, ConstView weight, View y) {
  const Lanes lanes(x.shape.c(), x.elements());
  const std::vector<float> slopes = spread(lanes, weight);
  const float* slope = slopes.data();
  visit_dtype<float, bf16>(x.dtype, "prelu_forward", [&]<class T>() {
    const T* from = x.as<T>();
    T* to = y.as<T>();
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        for_each_block(
            n, [](std::int64_t, float v, float w) { return v * (v > 0.0f ? 1.0f : w); }, to + at, from + at, slope);
      });
    });
  });
}

void prelu_grad(Queue& queue, ConstView dy, ConstView x, ConstView weight, View dx, View dweight) {
  const Lanes lanes(x.shape.c(), x.elements());
  const std::vector<float> slopes = spread(lanes, weight);
  visit_dtype<float, bf16>(x.dtype, "prelu_grad",
                           [&]<class T>() { grad<T>(queue, dy, x, slopes, lanes, dx, dweight); });
}

}  // namespace kernels::cpu
