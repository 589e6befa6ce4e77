// SPDX-License-Identifier: Apache-2.0
// The norm in two stages, without atomics: a sum of squares per block, then one block adds these in order. Clipping
// reads the norm where it lies and leaves the gradients untouched where they are short enough.
#include <algorithm>

#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/many_tensors.cuh"
#include "kernels/gradient_clip.h"

namespace kernels::cuda {

namespace {

constexpr int threads = many_tensors_threads;
constexpr std::int64_t summed_by_block = 8 * one_access_each;

struct Summed {
  const float* data;
  std::int64_t elements;
};
struct Changed {
  float* data;
  std::int64_t elements;
};

__global__ void add_squares(const TensorTable<Summed> __grid_constant__ table, double* sums) {
  const int index = entry_of_block(table);
  const Summed& entry = table.entries[index];
  const Stretch stretch = stretch_of_block(table, index, summed_by_block);
  double share = 0;
  for_each_access(on_vectors(entry.data), stretch.begin, stretch.end, [&](auto width, std::int64_t at) {
    float values[width()];
    load_access(entry.data + at, values);
#pragma unroll
    for (int i = 0; i < width(); ++i) share += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  });
  const double sum = block_sum<threads>(share);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

// One block.
__global__ void root_of_sum(const double* sums, std::int64_t count, double* norm) {
  double share = 0;
#pragma unroll 4
  for (std::int64_t at = threadIdx.x; at < count; at += threads) share += sums[at];
  const double sum = block_sum<threads>(share);
  if (threadIdx.x == 0) *norm = sqrt(sum);
}

template <class Change>
__device__ __forceinline__ void change_stretch(const TensorTable<Changed>& table, Change&& change) {
  const int index = entry_of_block(table);
  const Changed& entry = table.entries[index];
  const Stretch stretch = stretch_of_block(table, index, one_access_each);
  for_each_access(on_vectors(entry.data), stretch.begin, stretch.end, [&](auto width, std::int64_t at) {
    float values[width()];
    load_access(entry.data + at, values);
#pragma unroll
    for (int i = 0; i < width(); ++i) values[i] = change(values[i]);
    store_access(entry.data + at, values);
  });
}

__global__ void shorten(const TensorTable<Changed> __grid_constant__ table, double limit, const double* norm) {
  const auto factor = static_cast<float>(limit / (*norm + 1e-6));
  if (factor >= 1) return;  // Not where it is NaN: that must show.
  change_stretch(table, [&](float value) { return value * factor; });
}

__global__ void bound(const TensorTable<Changed> __grid_constant__ table, float limit) {
  change_stretch(table, [&](float value) {
    const float below = value > limit ? limit : value;
    return below < -limit ? -limit : below;
  });
}

template <class Body>
void for_each_changed(std::span<const View> tensors, Body&& body) {
  const auto entry = [&](std::size_t i) {
    return Changed{tensors[i].as<float>(), tensors[i].elements()};
  };
  for_each_table(tensors.size(), one_access_each, entry, body);
}

}  // namespace

void global_norm(Queue& queue, std::span<const ConstView> tensors, View norm) {
  std::int64_t blocks = 0;
  for (const ConstView& tensor : tensors) blocks += blocks_for(tensor.elements(), summed_by_block);
  const Workspace sums(queue, static_cast<std::size_t>(std::max<std::int64_t>(1, blocks)) * sizeof(double));
  auto* next = sums.as<double>();
  const auto entry = [&](std::size_t i) {
    return Summed{tensors[i].as<float>(), tensors[i].elements()};
  };
  for_each_table(tensors.size(), summed_by_block, entry, [&](const TensorTable<Summed>& table) {
    launch(queue, many_tensors_grid("global_norm, squares", table), add_squares, table, next);
    next += table.blocks;
  });
  launch(queue, {"global_norm", 1, threads}, root_of_sum, sums.as<double>(), blocks, norm.as<double>());
}

void clip_to_norm(Queue& queue, double limit, ConstView norm, std::span<const View> tensors) {
  for_each_changed(tensors, [&](const TensorTable<Changed>& table) {
    launch(queue, many_tensors_grid("clip_to_norm", table), shorten, table, limit, norm.as<double>());
  });
}

void clip_to_value(Queue& queue, double limit, std::span<const View> tensors) {
  for_each_changed(tensors, [&](const TensorTable<Changed>& table) {
    launch(queue, many_tensors_grid("clip_to_value", table), bound, table, static_cast<float>(limit));
  });
}

}  // namespace kernels::cuda
