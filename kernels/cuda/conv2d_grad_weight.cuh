// SPDX-License-Identifier: Apache-2.0
// The kernel of the products behind kernels/cuda/conv2d_grad_weight.h.
#pragma once

#include "kernels/cuda/divisor.cuh"
#include "kernels/cuda/gemm.cuh"
#include "kernels/shape.h"

namespace kernels::cuda {

template <class T>
struct GradWeightArguments {
  const T *dy, *x;
  float* to;                              // [splits][o][taps][i].
  int groups, out_channels, in_channels;  // Channels per group.
  int x_h, x_w, y_w;
  Size2 stride, padding, dilation;
  int taps, taps_w;
  Divisor pixels_of_image, pixels_of_row;  // Of dy.
  int image_pixels, pixels, pixels_of_split;
  int column_tiles;
  bool vectors;  // A row of the result takes 128-bit accesses.
};

// x as operand: along k the pixels of dy; a row is a tap and a channel of x, as dy's pixel meets it.
template <class T, Access access>
struct PixelsUnderTaps {
  const GradWeightArguments<T>& p;
  const T* data;  // First channel of the group.
  int first_row, rows, begin, end;

  template <class Operand, int Rows, int Depth, int Threads>
  __device__ __forceinline__ void fetch(int step, T* to) const {
    for_each_place<Depth, Rows, access_width<T, access>, Threads>([&](int of_k, int row) {
      // The same in all calls.
      const int tap = (first_row + row) / p.in_channels, channel = first_row + row - tap * p.in_channels;
      const int tap_h = tap / p.taps_w, tap_w = tap - tap_h * p.taps_w;
      const int over_h = tap_h * p.dilation.h - p.padding.h, over_w = tap_w * p.dilation.w - p.padding.w;
      // This pixel's.
      const int k = begin + step * Depth + of_k;
      const int image = p.pixels_of_image.quotient(k), in_image = k - image * p.image_pixels;
      const int y_row = p.pixels_of_row.quotient(in_image), y_column = in_image - y_row * p.y_w;
      const int h = y_row * p.stride.h + over_h, w = y_column * p.stride.w + over_w;
      const bool inside = row < rows && k < end && static_cast<unsigned>(h) < static_cast<unsigned>(p.x_h) &&
                          static_cast<unsigned>(w) < static_cast<unsigned>(p.x_w);
      const std::int64_t pixel = inside ? (std::int64_t{image} * p.x_h + h) * p.x_w + w : 0;
      const std::int64_t from = inside ? pixel * p.groups * p.in_channels + channel : 0;
      copy_or_clear<access>(to + of_k * Operand::pitch + row, data + from, data, inside);
    });
  }
};

struct RowsOfWeight {
  float* to;
  int pitch;
  template <int Width>
  __device__ __forceinline__ void write(int row, int column, const float (&values)[Width]) const {
    put_values(to + std::int64_t{row} * pitch + column, values);
  }
};

// Block x: tile of the weight; y: group; z: split of the pixels.
template <class Tile, Access access_dy, Access access_x, int dynamic_shared_bytes = Tile::shared_bytes>
__global__ void __launch_bounds__(Tile::threads) grad_weight_tile(GradWeightArguments<typename Tile::Element> p) {
  using T = typename Tile::Element;
  DYN_SHARED(T, stages);
  const int columns = p.taps * p.in_channels, group = static_cast<int>(blockIdx.y);
  const int first_row = static_cast<int>(blockIdx.x) / p.column_tiles * Tile::m;
  const int first_column = static_cast<int>(blockIdx.x) % p.column_tiles * Tile::n;
  const int begin = static_cast<int>(blockIdx.z) * p.pixels_of_split;
  const int end = begin + p.pixels_of_split < p.pixels ? begin + p.pixels_of_split : p.pixels;
  const std::int64_t pitch = std::int64_t{p.groups} * p.out_channels;
  const ColumnsOfMatrix<T, access_dy> dy{.data = p.dy + begin * pitch + group * p.out_channels + first_row,
                                         .pitch = pitch,
                                         .rows = p.out_channels - first_row,
                                         .depth = end - begin};
  const PixelsUnderTaps<T, access_x> x{.p = p,
                                       .data = p.x + group * p.in_channels,
                                       .first_row = first_column,
                                       .rows = columns - first_column,
                                       .begin = begin,
                                       .end = end};
  typename Tile::Sums sums;
  multiply_steps<Tile>(dy, x, (end - begin + Tile::k - 1) / Tile::k, stages, sums);
  const std::int64_t row = (std::int64_t{blockIdx.z} * p.groups + group) * p.out_channels + first_row;
  write_sums<Tile, float>(sums, reinterpret_cast<float*>(stages), p.out_channels - first_row, columns - first_column,
                          p.vectors, RowsOfWeight{p.to + row * columns + first_column, columns});
}

}  // namespace kernels::cuda
