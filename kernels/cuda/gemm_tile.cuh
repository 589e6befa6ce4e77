// SPDX-License-Identifier: Apache-2.0
// What one block multiplies: sums[m][n] += sum over k of a[m][k] b[n][k], from operands in shared memory. bf16 goes to
// the tensor cores, f32 to plain multiply-adds. Extents of tiles are template parameters; convolutions and matrix
// products choose from lists of them.
#pragma once

#include "kernels/cuda/surface.cuh"

namespace kernels::cuda {

// Where element (row, k) of an operand lies in shared memory: at row * pitch + k, or at k * pitch + row.
enum class Layout { row_by_row, k_by_k };

__device__ __forceinline__ int thread_number() {
  return static_cast<int>(threadIdx.x);
}

// One operand's part of a stage. Rows are 16 bytes longer than their data, so that eight of them that are read at once
// begin in different banks.
template <class T, int Rows, int Depth, Layout layout>
struct OperandTile {
  static constexpr int pitch = (layout == Layout::row_by_row ? Depth : Rows) + vector_width<T>;
  static constexpr int elements = (layout == Layout::row_by_row ? Rows : Depth) * pitch;
};

// What both kinds of tile have. The sums leave through shared memory, as [m][n + 8] f32: the 8 put the four rows that
// half a warp writes at once into different banks.
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

// bf16: warps of WarpM x WarpN, each by mma.sync m16n8k16 on fragments that ldmatrix fetches.
template <int M, int N, int WarpM, int WarpN, Layout layout_a = Layout::row_by_row,
          Layout layout_b = Layout::row_by_row>
struct TensorCoreTile : TileExtents<bf16, M, N, 32, 4, M / WarpM*(N / WarpN) * warp_size, layout_a, layout_b> {
  static_assert(WarpM % 16 == 0 && WarpN % 16 == 0);
  using Extents = TileExtents<bf16, M, N, 32, 4, M / WarpM*(N / WarpN) * warp_size, layout_a, layout_b>;
  static constexpr int pitch_a = Extents::A::pitch, pitch_b = Extents::B::pitch;
  struct Sums {
    float of[WarpM / 16][WarpN / 8][4] = {};
  };

  static __device__ __forceinline__ int warp_row() { return thread_number() / warp_size / (N / WarpN) * WarpM; }
  static __device__ __forceinline__ int warp_column() { return thread_number() / warp_size % (N / WarpN) * WarpN; }

  static __device__ __forceinline__ void multiply(const bf16* a, const bf16* b, Sums& sums) {
    // Lane l names row l % 8 of the 8x8 matrix l / 8.
    const int lane = thread_number() % warp_size, in_matrix = lane % 8;
    const int first = lane / 8 % 2 * 8, second = lane / 16 * 8;
#pragma unroll
    for (int k = 0; k < Extents::k; k += 16) {
      std::uint32_t left[WarpM / 16][4], right[WarpN / 8][2];
#pragma unroll
      for (int i = 0; i < WarpM / 16; ++i) {  // Its matrices: (m, k), (m + 8, k), (m, k + 8), (m + 8, k + 8).
        const int m = warp_row() + i * 16;
        if constexpr (layout_a == Layout::row_by_row)
          ldmatrix(left[i], a + (m + first + in_matrix) * pitch_a + k + second);
        else
          ldmatrix_transposed(left[i], a + (k + second + in_matrix) * pitch_a + m + first);
      }
#pragma unroll
      for (int j = 0; j < WarpN / 16; ++j) {  // Its matrices: (n, k), (n, k + 8), (n + 8, k), (n + 8, k + 8).
        const int n = warp_column() + j * 16;
        std::uint32_t pair[4];
        if constexpr (layout_b == Layout::row_by_row)
          ldmatrix(pair, b + (n + second + in_matrix) * pitch_b + k + first);
        else
          ldmatrix_transposed(pair, b + (k + first + in_matrix) * pitch_b + n + second);
        right[2 * j][0] = pair[0];
        right[2 * j][1] = pair[1];
        right[2 * j + 1][0] = pair[2];
        right[2 * j + 1][1] = pair[3];
      }
#pragma unroll
      for (int i = 0; i < WarpM / 16; ++i)
#pragma unroll
        for (int j = 0; j < WarpN / 8; ++j) mma_m16n8k16_bf16(sums.of[i][j], left[i], right[j]);
    }
  }

  // To shared memory as [m][result_pitch].
  static __device__ __forceinline__ void put(const Sums& sums, float* to) {
    const int lane = thread_number() % warp_size;
    const int row = warp_row() + lane / 4, column = warp_column() + lane % 4 * 2;
#pragma unroll
    for (int i = 0; i < WarpM / 16; ++i)
#pragma unroll
      for (int j = 0; j < WarpN / 8; ++j)
#pragma unroll
        for (int e = 0; e < 4; ++e)
          to[(row + i * 16 + e / 2 * 8) * Extents::result_pitch + column + j * 8 + e % 2] = sums.of[i][j][e];
  }
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
