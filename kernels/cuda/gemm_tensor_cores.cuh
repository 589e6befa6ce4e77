// SPDX-License-Identifier: Apache-2.0
// Tiles that the tensor cores multiply, with mma.sync: bf16 operands in products of m16n8k16, f32 operands rounded to
// TF32 in products of m16n8k8. Sums are f32.
#pragma once

#include "kernels/cuda/gemm_tile.cuh"

namespace kernels::cuda {

// What both kinds have: warps of WarpM x WarpN, each with the results of 16x8 products as mma.sync deals them out.
template <class T, int M, int N, int K, int WarpM, int WarpN, Layout layout_a, Layout layout_b>
struct WarpTiles : TileExtents<T, M, N, K, 4, M / WarpM*(N / WarpN) * warp_size, layout_a, layout_b> {
  static_assert(WarpM % 16 == 0 && WarpN % 16 == 0);
  using Extents = TileExtents<T, M, N, K, 4, M / WarpM*(N / WarpN) * warp_size, layout_a, layout_b>;
  static constexpr int pitch_a = Extents::A::pitch, pitch_b = Extents::B::pitch;
  struct Sums {
    float of[WarpM / 16][WarpN / 8][4] = {};
  };

  static __device__ __forceinline__ int lane() { return thread_number() % warp_size; }
  static __device__ __forceinline__ int warp_row() { return thread_number() / warp_size / (N / WarpN) * WarpM; }
  static __device__ __forceinline__ int warp_column() { return thread_number() / warp_size % (N / WarpN) * WarpN; }

  // To shared memory as [m][result_pitch].
  static __device__ __forceinline__ void put(const Sums& sums, float* to) {
    const int row = warp_row() + lane() / 4, column = warp_column() + lane() % 4 * 2;
#pragma unroll
    for (int i = 0; i < WarpM / 16; ++i)
#pragma unroll
      for (int j = 0; j < WarpN / 8; ++j)
#pragma unroll
        for (int e = 0; e < 4; ++e)
          to[(row + i * 16 + e / 2 * 8) * Extents::result_pitch + column + j * 8 + e % 2] = sums.of[i][j][e];
  }
};

template <int M, int N, int WarpM, int WarpN, Layout layout_a = Layout::row_by_row,
          Layout layout_b = Layout::row_by_row>
struct Bf16Tile : WarpTiles<bf16, M, N, 32, WarpM, WarpN, layout_a, layout_b> {
  using Warps = WarpTiles<bf16, M, N, 32, WarpM, WarpN, layout_a, layout_b>;

  static __device__ __forceinline__ void multiply(const bf16* a, const bf16* b, typename Warps::Sums& sums) {
    // Lane l names row l % 8 of the 8x8 matrix l / 8.
    const int in_matrix = Warps::lane() % 8, first = Warps::lane() / 8 % 2 * 8, second = Warps::lane() / 16 * 8;
#pragma unroll
    for (int k = 0; k < Warps::k; k += 16) {
      std::uint32_t left[WarpM / 16][4], right[WarpN / 8][2];
#pragma unroll
      for (int i = 0; i < WarpM / 16; ++i) {  // Its matrices: (m, k), (m + 8, k), (m, k + 8), (m + 8, k + 8).
        const int m = Warps::warp_row() + i * 16;
        if constexpr (layout_a == Layout::row_by_row)
          ldmatrix(left[i], a + (m + first + in_matrix) * Warps::pitch_a + k + second);
        else
          ldmatrix_transposed(left[i], a + (k + second + in_matrix) * Warps::pitch_a + m + first);
      }
#pragma unroll
      for (int j = 0; j < WarpN / 16; ++j) {  // Its matrices: (n, k), (n, k + 8), (n + 8, k), (n + 8, k + 8).
        const int n = Warps::warp_column() + j * 16;
        std::uint32_t pair[4];
        if constexpr (layout_b == Layout::row_by_row)
          ldmatrix(pair, b + (n + second + in_matrix) * Warps::pitch_b + k + first);
        else
          ldmatrix_transposed(pair, b + (k + first + in_matrix) * Warps::pitch_b + n + second);
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
};

// f32 in memory and in shared memory; rounded on its way into the products.
template <int M, int N, int WarpM, int WarpN, Layout layout_a = Layout::row_by_row,
          Layout layout_b = Layout::row_by_row>
struct Tf32Tile : WarpTiles<float, M, N, 16, WarpM, WarpN, layout_a, layout_b> {
  using Warps = WarpTiles<float, M, N, 16, WarpM, WarpN, layout_a, layout_b>;

  // The 8x4 matrices (row, k), (row + 8, k), (row, k + 4), (row + 8, k + 4), where of each lane l has the element
  // (l / 4, l % 4). Row by row these are rows of 16 bytes, which ldmatrix deals out as if they were eight of 16 bits;
  // k by k each lane fetches its own four.
  template <Layout layout, int Pitch>
  static __device__ __forceinline__ void fetch(const float* from, int row, int k, std::uint32_t (&matrices)[4]) {
    const int lane = Warps::lane();
    if constexpr (layout == Layout::row_by_row) {
      ldmatrix(matrices, from + (row + lane / 8 % 2 * 8 + lane % 8) * Pitch + k + lane / 16 * 4);
#pragma unroll
      for (std::uint32_t& matrix : matrices) matrix = to_tf32(__uint_as_float(matrix));
    } else {
#pragma unroll
      for (int i = 0; i < 4; ++i)
        matrices[i] = to_tf32(from[(k + lane % 4 + i / 2 * 4) * Pitch + row + lane / 4 + i % 2 * 8]);
    }
  }

  static __device__ __forceinline__ void multiply(const float* a, const float* b, typename Warps::Sums& sums) {
#pragma unroll
    for (int k = 0; k < Warps::k; k += 8) {
      std::uint32_t left[WarpM / 16][4], right[WarpN / 8][2];
#pragma unroll
      for (int i = 0; i < WarpM / 16; ++i) fetch<layout_a, Warps::pitch_a>(a, Warps::warp_row() + i * 16, k, left[i]);
#pragma unroll
      for (int j = 0; j < WarpN / 16; ++j) {
        std::uint32_t pair[4];
        fetch<layout_b, Warps::pitch_b>(b, Warps::warp_column() + j * 16, k, pair);
        right[2 * j][0] = pair[0];
        right[2 * j][1] = pair[2];
        right[2 * j + 1][0] = pair[1];
        right[2 * j + 1][1] = pair[3];
      }
#pragma unroll
      for (int i = 0; i < WarpM / 16; ++i)
#pragma unroll
        for (int j = 0; j < WarpN / 8; ++j) mma_m16n8k8_tf32(sums.of[i][j], left[i], right[j]);
    }
  }
};

}  // namespace kernels::cuda
