// SPDX-License-Identifier: Apache-2.0
// What one block multiplies: sums[m][n] += sum over k of a[m][k] b[n][k], from operands in shared memory. Here f32 by
// plain multiply-adds; gemm_tensor_cores.cuh has bf16 and TF32. Extents of tiles are template parameters; convolutions
// and matrix products choose from lists of them.
#pragma once

#include "kernels/cuda/surface.cuh"

namespace kernels::cuda {

// Where element (row, k) of an operand lies in shared memory: at row * pitch + k, or at k * pitch + row.
enum class Layout { row_by_row, k_by_k };

__device__ __forceinline__ int thread_number() {
  return static_cast<int>(threadIdx.x);
}

// One operand's part of a stage. Lines are longer than their data, so that what is read at once lies in different
// banks: eight lines of 16 bytes, or four lines of eight f32.
template <class T, int Rows, int Depth, Layout layout>
struct OperandTile {
  static constexpr int pitch = layout == Layout::row_by_row ? Depth + vector_width<T> : Rows + 8;
  static constexpr int elements = (layout == Layout::row_by_row ? Rows : Depth) * pitch;
};

// What all kinds of tile have. Kernels of tiles take shared_bytes as their last template argument too: so it stands in
// the kernel's name, where scripts/kernel_table.py finds what the launch asks for. The sums leave through shared
// memory, as [m][n + 8] f32: the 8 put the four rows that half a warp writes at once into different banks.
template <class T, int M, int N, int K, int Stages, int Threads, Layout layout_a, Layout layout_b>
struct TileExtents {
  using Element = T;
  static constexpr int m = M, n = N, k = K, stages = Stages, threads = Threads;
  static constexpr Layout a_layout = layout_a, b_layout = layout_b;
  using A = OperandTile<T, M, K, layout_a>;
  using B = OperandTile<T, N, K, layout_b>;
  static constexpr int stage_elements = A::elements + B::elements;
  static constexpr int result_pitch = N + 8;
  static constexpr int operand_bytes = Stages * stage_elements * static_cast<int>(sizeof(T));
  static constexpr int result_bytes = M * result_pitch * static_cast<int>(sizeof(float));
  static constexpr int shared_bytes = operand_bytes > result_bytes ? operand_bytes : result_bytes;
};

// f32: ThreadRows x ThreadColumns threads, each with M / ThreadRows by N / ThreadColumns sums; a warp is 4 x 8 threads.
template <int M, int N, int ThreadRows, int ThreadColumns, Layout layout_a = Layout::row_by_row,
          Layout layout_b = Layout::row_by_row>
struct ScalarTile : TileExtents<float, M, N, 16, 3, ThreadRows * ThreadColumns, layout_a, layout_b> {
  using Extents = TileExtents<float, M, N, 16, 3, ThreadRows * ThreadColumns, layout_a, layout_b>;
  static constexpr int rows = M / ThreadRows, columns = N / ThreadColumns;  // Of one thread.
  static_assert(ThreadRows % 4 == 0 && ThreadColumns % 8 == 0 && rows % 4 == 0);
  static_assert(layout_b == Layout::row_by_row || columns % 4 == 0);
  struct Sums {
    float of[rows][columns] = {};
  };

  static __device__ __forceinline__ int thread_row() {
    return thread_number() / warp_size / (ThreadColumns / 8) * 4 + thread_number() % warp_size / 8;
  }
  static __device__ __forceinline__ int thread_column() {
    return thread_number() / warp_size % (ThreadColumns / 8) * 8 + thread_number() % 8;
  }
  // The i-th row (column) of a thread. Neighbouring threads have neighbouring rows where they read along k, and
  // neighbouring fours where they read along the rows: either way the banks differ.
  template <Layout layout>
  static __device__ __forceinline__ int place(int thread, int threads, int i) {
    return layout == Layout::row_by_row ? i * threads + thread : (i / 4 * threads + thread) * 4 + i % 4;
  }
  static __device__ __forceinline__ int row(int i) { return place<layout_a>(thread_row(), ThreadRows, i); }
  static __device__ __forceinline__ int column(int j) { return place<layout_b>(thread_column(), ThreadColumns, j); }

  // Count rows of the operand, from the thread's i-th on, at k, ..., k + 3.
  template <Layout layout, int Pitch, int Count>
  static __device__ __forceinline__ void fetch(const float* from, int thread, int threads, int i, int k,
                                               float (&values)[Count][4]) {
#pragma unroll
    for (int at = 0; at < Count; ++at) {
      // Row by row: one row, four k. Otherwise four rows, one k.
      const int first = layout == Layout::row_by_row ? at : at / 4 * 4, of_k = at % 4;
      const int lies = place<layout>(thread, threads, i + first);
      const Vector<float> four =
          load_vector(layout == Layout::row_by_row ? from + lies * Pitch + k : from + (k + of_k) * Pitch + lies);
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        if constexpr (layout == Layout::row_by_row)
          values[at][e] = four.values[e];
        else
          values[first + e][of_k] = four.values[e];
      }
    }
  }

  static __device__ __forceinline__ void multiply(const float* a, const float* b, Sums& sums) {
#pragma unroll
    for (int k = 0; k < Extents::k; k += 4) {
      float right[columns][4];
      fetch<layout_b, Extents::B::pitch>(b, thread_column(), ThreadColumns, 0, k, right);
#pragma unroll
      for (int i = 0; i < rows; i += 4) {
        float left[4][4];
        fetch<layout_a, Extents::A::pitch>(a, thread_row(), ThreadRows, i, k, left);
#pragma unroll
        for (int q = 0; q < 4; ++q)
#pragma unroll
          for (int of_four = 0; of_four < 4; ++of_four)
#pragma unroll
            for (int j = 0; j < columns; ++j) sums.of[i + of_four][j] += left[of_four][q] * right[j][q];
      }
    }
  }

  static __device__ __forceinline__ void put(const Sums& sums, float* to) {
#pragma unroll
    for (int i = 0; i < rows; ++i)
#pragma unroll
      for (int j = 0; j < columns; ++j) to[row(i) * Extents::result_pitch + column(j)] = sums.of[i][j];
  }
};

}  // namespace kernels::cuda
