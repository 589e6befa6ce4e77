// SPDX-License-Identifier: Apache-2.0
// One launch over many f32 tensors: a table of their addresses and sizes travels as a parameter of the kernel, so that
// nothing must be uploaded and a captured launch carries it along. Each block works on a stretch of one tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

inline constexpr int many_tensors_threads = 256;
// Elements of a block where each thread takes one 128-bit access per tensor.
inline constexpr std::int64_t one_access_each = many_tensors_threads * vector_width<float>;

// Entry: addresses, and std::int64_t elements.
template <class Entry>
struct TensorTable {
  static constexpr int most = (31 << 10) / static_cast<int>(sizeof(Entry) + sizeof(unsigned));  // Parameters: 32764 B.
  Entry entries[most];
  unsigned first_block[most];
  int count;
  unsigned blocks;
};

// Calls body(table) for tables of make(i), i < count, whose blocks take `stretch` elements each.
template <class MakeEntry, class Body>
void for_each_table(std::size_t count, std::int64_t stretch, MakeEntry&& make, Body&& body) {
  using Entry = decltype(make(std::size_t{0}));
  TensorTable<Entry> table{};
  for (std::size_t i = 0; i < count; ++i) {
    table.entries[table.count] = make(i);
    table.first_block[table.count] = table.blocks;
    table.blocks += blocks_for(table.entries[table.count].elements, stretch);
    ++table.count;
    if (table.count == TensorTable<Entry>::most || i + 1 == count) {
      body(table);
      table.count = 0;
      table.blocks = 0;
    }
  }
}

template <class Entry>
Grid many_tensors_grid(const char* kernel, const TensorTable<Entry>& table) {
  return {kernel, table.blocks, many_tensors_threads};
}

// The entry that this block works on: the last one that begins at it or before.
template <class Entry>
__device__ __forceinline__ int entry_of_block(const TensorTable<Entry>& table) {
  int low = 0, high = table.count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (table.first_block[middle] <= blockIdx.x)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

// Whether the tensors take 128-bit accesses. An absent one does.
template <class... Types>
__device__ __forceinline__ bool on_vectors(const Types*... tensors) {
  return (reinterpret_cast<std::uintptr_t>(tensors) | ...) % 16 == 0;
}

// Calls body(width, at) for this thread's elements of [begin, end): `at` is the first of `width` elements, 4 (then the
// address is that of a vector) or 1.
template <class Body>
__device__ __forceinline__ void for_each_access(bool vectors, std::int64_t begin, std::int64_t end, Body&& body) {
  constexpr int width = vector_width<float>;
  for (std::int64_t at = begin + threadIdx.x * width; at < end; at += one_access_each) {
    if (vectors && at + width <= end)
      body(std::integral_constant<int, width>{}, at);
    else
      for (std::int64_t i = at; i < at + width && i < end; ++i) body(std::integral_constant<int, 1>{}, i);
  }
}

// The elements [begin, end) of its entry that this block works on.
struct Stretch {
  std::int64_t begin, end;
};
template <class Entry>
__device__ __forceinline__ Stretch stretch_of_block(const TensorTable<Entry>& table, int entry, std::int64_t length) {
  const std::int64_t begin = (blockIdx.x - table.first_block[entry]) * length;
  const std::int64_t elements = table.entries[entry].elements;
  return {begin, begin + length < elements ? begin + length : elements};
}

// 4 or 1 elements.
template <int Width>
__device__ __forceinline__ void load_access(const float* from, float (&values)[Width]) {
  if constexpr (Width == 1)
    values[0] = *from;
  else
    load_chunk(from, values);
}
template <int Width>
__device__ __forceinline__ void store_access(float* to, const float (&values)[Width]) {
  if constexpr (Width == 1) {
    *to = values[0];
  } else {
    Vector<float> vector;
#pragma unroll
    for (int i = 0; i < Width; ++i) vector.values[i] = values[i];
    store_whole_vector(to, vector);
  }
}

}  // namespace kernels::cuda
