// SPDX-License-Identifier: Apache-2.0
// Elementwise work on contiguous memory: each thread takes one chunk, in 128-bit accesses. A chunk is read whole before
// it is written, so that the output may be the memory of an input.
#pragma once

#include <algorithm>

#include "kernels/cuda/launch.cuh"

namespace kernels::cuda {

inline constexpr int elementwise_threads = 256;

// Elements of one thread: what the narrowest of the types needs for a whole 128-bit access.
template <class... Types>
inline constexpr int chunk_width = std::max({vector_width<Types>...});

// Reads or writes N consecutive elements as f32; N is a multiple of the vector width of T, the address of 16 bytes.
template <int N, class T>
__device__ __forceinline__ void load_chunk(const T* from, float (&values)[N]) {
#pragma unroll
  for (int at = 0; at < N; at += vector_width<T>) {
    const Vector<T> vector = load_vector(from + at);
#pragma unroll
    for (int i = 0; i < vector_width<T>; ++i) values[at + i] = to_float(vector.values[i]);
  }
}
template <int N, class T>
__device__ __forceinline__ void store_chunk(T* to, const float (&values)[N]) {
#pragma unroll
  for (int at = 0; at < N; at += vector_width<T>) {
    Vector<T> vector;
#pragma unroll
    for (int i = 0; i < vector_width<T>; ++i) vector.values[i] = from_float<T>(values[at + i]);
    store_vector(to + at, vector);
  }
}

// The first element of this thread's chunk.
template <int Width>
__device__ __forceinline__ std::int64_t chunk_start() {
  return (std::int64_t{blockIdx.x} * elementwise_threads + threadIdx.x) * Width;
}

inline Grid elementwise_grid(const char* kernel, std::int64_t count, int width) {
  return {kernel, blocks_for(count, std::int64_t{elementwise_threads} * width), elementwise_threads};
}

// Whether all of these addresses take 128-bit accesses.
template <class... Types>
bool all_aligned(const Types*... addresses) {
  return (takes_vectors(addresses, 0) && ...);
}

// y[i] = function(x[i]) and y[i] = function(x[i], z[i]) in f32. `aligned`: every address is.
template <class Function, class T>
__global__ void map_one(Function function, const T* x, T* y, std::int64_t count, bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  if (aligned && at + width <= count) {
    float values[width];
    load_chunk(x + at, values);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = function(values[i]);
    store_chunk(y + at, values);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i) store(y, i, function(load(x, i)));
  }
}
template <class Function, class T>
__global__ void map_two(Function function, const T* x, const T* z, T* y, std::int64_t count, bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  if (aligned && at + width <= count) {
    float values[width], others[width];
    load_chunk(x + at, values);
    load_chunk(z + at, others);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = function(values[i], others[i]);
    store_chunk(y + at, values);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i) store(y, i, function(load(x, i), load(z, i)));
  }
}

template <class Function, class T>
void launch_map(Queue& queue, const char* kernel, Function function, const T* x, T* y, std::int64_t count) {
  launch(queue, elementwise_grid(kernel, count, vector_width<T>), map_one<Function, T>, function, x, y, count,
         all_aligned(x, y));
}
template <class Function, class T>
void launch_map(Queue& queue, const char* kernel, Function function, const T* x, const T* z, T* y, std::int64_t count) {
  launch(queue, elementwise_grid(kernel, count, vector_width<T>), map_two<Function, T>, function, x, z, y, count,
         all_aligned(x, z, y));
}

}  // namespace kernels::cuda
