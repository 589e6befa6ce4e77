// SPDX-License-Identifier: Apache-2.0
// How operands that are matrices in global memory come into a stage of shared memory. Every operand has
// fetch<Tile extents>(step, to): its elements of k = step * depth, ... of this block, zeros beyond its ends.
#pragma once

#include "kernels/cuda/gemm_tile.cuh"

namespace kernels::cuda {

// 128 bits at once where alignment and extents allow it, otherwise element by element.
enum class Access { vectors, elements };

template <class T, Access access>
inline constexpr int access_width = access == Access::vectors ? vector_width<T> : 1;

// Copies access_width elements to shared memory, or zeros. Whoever reads them waits for asynchronous copies and meets
// at a barrier.
template <Access access, class T>
__device__ __forceinline__ void copy_or_clear(T* to, const T* from, const T* some_address, bool valid) {
  if constexpr (access == Access::vectors)
    cp_async<16>(to, valid ? from : some_address, valid);
  else if constexpr (sizeof(T) == 4)
    cp_async<4>(to, valid ? from : some_address, valid);
  else
    *to = valid ? *from : T{};  // An asynchronous copy has four bytes at least.
}

// Calls body(row, column) for this thread's share of the places (column: every Width-th) of a Rows x Columns array.
// The column is the same in all calls.
template <int Rows, int Columns, int Width, int Threads, class Body>
__device__ __forceinline__ void for_each_place(Body&& body) {
  constexpr int across = Columns / Width, at_once = Threads / across;
  static_assert(Columns % Width == 0 && Threads % across == 0);
  const int column = thread_number() % across * Width, first = thread_number() / across;
#pragma unroll
  for (int row = 0; row < Rows; row += at_once)
    if (Rows % at_once == 0 || first + row < Rows) body(first + row, column);
}

// Element (row, k) at data[row * pitch + k].
template <class T, Access access>
struct RowsOfMatrix {
  const T* data;
  std::int64_t pitch;
  int rows, depth;  // Beyond these there are zeros.

  template <class Operand, int Rows, int Depth, int Threads>
  __device__ __forceinline__ void fetch(int step, T* to) const {
    for_each_place<Rows, Depth, access_width<T, access>, Threads>([&](int row, int column) {
      const int k = step * Depth + column;
      copy_or_clear<access>(to + row * Operand::pitch + column, data + row * pitch + k, data, row < rows && k < depth);
    });
  }
};

// Element (row, k) at data[k * pitch + row].
template <class T, Access access>
struct ColumnsOfMatrix {
  const T* data;
  std::int64_t pitch;
  int rows, depth;

  template <class Operand, int Rows, int Depth, int Threads>
  __device__ __forceinline__ void fetch(int step, T* to) const {
    for_each_place<Depth, Rows, access_width<T, access>, Threads>([&](int of_k, int row) {
      const int k = step * Depth + of_k;
      copy_or_clear<access>(to + of_k * Operand::pitch + row, data + k * pitch + row, data, row < rows && k < depth);
    });
  }
};

}  // namespace kernels::cuda
