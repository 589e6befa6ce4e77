// SPDX-License-Identifier: Apache-2.0
// Sums of terms for losses, without atomics: over the terms of a thread, the threads of a block, and then the blocks,
// in f64 and always in the same order.
#pragma once

#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

inline constexpr int term_threads = 256;
inline constexpr std::int64_t most_term_blocks = 1024;

// partial[block] = the sum of term(item), a double, over the items of the block.
template <class Term>
__global__ void __launch_bounds__(term_threads) add_terms(Term term, std::int64_t items, double* partial) {
  double sum = 0;
  for (std::int64_t item = std::int64_t{blockIdx.x} * term_threads + threadIdx.x; item < items;
       item += std::int64_t{gridDim.x} * term_threads)
    sum += term(item);
  sum = block_sum<term_threads>(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

// loss = scale * the sum of what the blocks left.
static __global__ void __launch_bounds__(term_threads)
    join_terms(const double* partial, int blocks, double scale, float* loss) {
  double sum = 0;
  for (int block = static_cast<int>(threadIdx.x); block < blocks; block += term_threads) sum += partial[block];
  sum = block_sum<term_threads>(sum);
  if (threadIdx.x == 0) loss[0] = static_cast<float>(sum * scale);
}

inline unsigned term_blocks(std::int64_t items) {
  return blocks_for(items, term_threads, most_term_blocks);
}

template <class Term>
void launch_add_terms(Queue& queue, const char* kernel, const Term& term, std::int64_t items, double* partial) {
  launch(queue, {kernel, term_blocks(items), term_threads}, add_terms<Term>, term, items, partial);
}
inline void launch_join_terms(Queue& queue, const char* kernel, const double* partial, int blocks, double scale,
                              float* loss) {
  launch(queue, {kernel, 1, term_threads}, join_terms, partial, blocks, scale, loss);
}

// loss = scale * the sum of term(item) over all items.
template <class Term>
void sum_terms(Queue& queue, const char* kernel, const Term& term, std::int64_t items, double scale, float* loss) {
  const unsigned blocks = term_blocks(items);
  const Workspace partial(queue, blocks * sizeof(double));
  launch_add_terms(queue, kernel, term, items, partial.as<double>());
  launch_join_terms(queue, "loss, join", partial.as<double>(), static_cast<int>(blocks), scale, loss);
}

// Items of whole 128-bit accesses to T, and how many there are in `count` elements.
template <class T>
std::int64_t chunks_of(std::int64_t count) {
  return (count + vector_width<T> - 1) / vector_width<T>;
}

// The elements of one such item as f32; zeros beyond `count`.
template <class T>
__device__ __forceinline__ void load_item(const T* from, std::int64_t item, std::int64_t count, bool aligned,
                                          float (&values)[vector_width<T>]) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = item * width;
  if (aligned && at + width <= count) {
    load_chunk(from + at, values);
  } else {
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = at + i < count ? load(from, at + i) : 0.0f;
  }
}
template <class T>
__device__ __forceinline__ void store_item(T* to, std::int64_t item, std::int64_t count, bool aligned,
                                           const float (&values)[vector_width<T>]) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = item * width;
  if (aligned && at + width <= count) {
    store_chunk(to + at, values);
  } else {
#pragma unroll
    for (int i = 0; i < width; ++i)
      if (at + i < count) store(to, at + i, values[i]);
  }
}

}  // namespace kernels::cuda
