// SPDX-License-Identifier: Apache-2.0
// The kernel behind kernels/cuda/conv2d_gather.h.
#pragma once

#include "kernels/cuda/conv2d_geometry.h"
#include "kernels/cuda/divisor.cuh"
#include "kernels/cuda/gemm.cuh"

namespace kernels::cuda {

template <class T>
struct GatherArguments {
  Gather gather;
  Divisor source_channels;
  const T* source;
  const T* weight;  // As kernels/cuda/conv2d_weight_layout.cuh has them.
  int weight_pitch;
  int column_tiles;  // Blocks side by side share the same pixels.
  T* result;
  const T* residual;
  const float *scale, *bias;
  float slope;
  bool vectors;  // The result's channels, and the residual's, take 128-bit accesses.
};

// A pixel of the result, as its row of the product needs it.
struct alignas(16) PixelOrigin {
  int image;   // First pixel of the source image.
  int h, w;    // Where tap 0 meets the source.
  int result;  // Pixel.
};

// The source as operand: row by row the pixels of the tile, along k the taps and in each tap the channels.
template <class T, Access access>
struct GatheredPixels {
  const T* data;  // First channel of the group.
  const PixelOrigin* origins;
  Divisor channels;
  int channels_of_group, depth, taps_w;
  int height, width, move_h, move_w;
  std::int64_t pitch;  // Channels of a source pixel.

  template <class Operand, int Rows, int Depth, int Threads>
  __device__ __forceinline__ void fetch(int step, T* to) const {
    for_each_place<Rows, Depth, access_width<T, access>, Threads>([&](int row, int column) {
      // All of this but the last lines is the same for every row.
      const int k = step * Depth + column;
      const int tap = channels.quotient(k), channel = k - tap * channels_of_group;
      const int tap_h = tap / taps_w, tap_w = tap - tap_h * taps_w;
      const PixelOrigin origin = origins[row];
      const int h = origin.h + tap_h * move_h, w = origin.w + tap_w * move_w;
      const bool inside = k < depth && static_cast<unsigned>(h) < static_cast<unsigned>(height) &&
                          static_cast<unsigned>(w) < static_cast<unsigned>(width);
      const std::int64_t from = inside ? (origin.image + h * width + w) * pitch + channel : 0;
      copy_or_clear<access>(to + row * Operand::pitch + column, data + from, data, inside);
    });
  }
};

// What is done with a sum on its way out.
template <class T>
struct GatherResult {
  const GatherArguments<T>& arguments;
  const PixelOrigin* origins;
  int first_channel;  // Of the tile, among all channels of the result.
  std::int64_t pitch;

  template <int Width>
  __device__ __forceinline__ void write(int row, int column, float (&values)[Width]) const {
    const int channel = first_channel + column;
    const std::int64_t at = origins[row].result * pitch + channel;
#pragma unroll
    for (int i = 0; i < Width; ++i) {
      if (arguments.scale != nullptr) values[i] *= arguments.scale[channel + i];
      if (arguments.bias != nullptr) values[i] += arguments.bias[channel + i];
    }
    if (arguments.residual != nullptr) {
      float residual[Width];
      if constexpr (Width == 1)
        residual[0] = load(arguments.residual, at);
      else
        load_chunk(arguments.residual + at, residual);
#pragma unroll
      for (int i = 0; i < Width; ++i) values[i] += residual[i];
    }
#pragma unroll
    for (int i = 0; i < Width; ++i) values[i] = activate(values[i], arguments.slope);
    put_values(arguments.result + at, values);
  }
};

// Block x: tile of pixels and channels; y: phase; z: group.
template <class Tile, Access access, int dynamic_shared_bytes = Tile::shared_bytes>
__global__ void __launch_bounds__(Tile::threads) gather_tile(GatherArguments<typename Tile::Element> arguments) {
  using T = typename Tile::Element;
  SHARED(PixelOrigin, origins, [Tile::m]);
  DYN_SHARED(T, stages);
  const Gather& g = arguments.gather;
  const int phase = static_cast<int>(blockIdx.y), group = static_cast<int>(blockIdx.z);
  const GatherPhase h = phase_of(g.h, phase / g.w.phases()), w = phase_of(g.w, phase % g.w.phases());
  const int of_image = h.positions * w.positions, pixels = g.images * of_image;
  const int first_pixel = static_cast<int>(blockIdx.x) / arguments.column_tiles * Tile::m;
  const int first_channel = static_cast<int>(blockIdx.x) % arguments.column_tiles * Tile::n;
  if (first_pixel >= pixels) return;  // The whole block: another phase has more pixels.

  for (int row = thread_number(); row < Tile::m; row += Tile::threads) {
    const int at = first_pixel + row;
    const int image = at / of_image, i = at % of_image / w.positions, j = at % of_image % w.positions;
    PixelOrigin origin{0, -(1 << 30), 0, 0};  // Beyond the last pixel nothing is inside the source.
    if (at < pixels)
      origin = {.image = image * g.h.source * g.w.source,
                .h = h.origin + h.stride * i,
                .w = w.origin + w.stride * j,
                .result = (image * g.h.result + h.first + h.every * i) * g.w.result + w.first + w.every * j};
    origins[row] = origin;
  }
  __syncthreads();

  const int depth = h.taps * w.taps * g.source_channels;
  const GatheredPixels<T, access> source{.data = arguments.source + group * g.source_channels,
                                         .origins = origins,
                                         .channels = arguments.source_channels,
                                         .channels_of_group = g.source_channels,
                                         .depth = depth,
                                         .taps_w = w.taps,
                                         .height = g.h.source,
                                         .width = g.w.source,
                                         .move_h = h.move,
                                         .move_w = w.move,
                                         .pitch = std::int64_t{g.groups} * g.source_channels};
  const std::int64_t first_row = (std::int64_t{phase} * g.groups + group) * g.result_channels + first_channel;
  const RowsOfMatrix<T, Access::vectors> weight{.data = arguments.weight + first_row * arguments.weight_pitch,
                                                .pitch = arguments.weight_pitch,
                                                .rows = g.result_channels - first_channel,
                                                .depth = depth};
  typename Tile::Sums sums;
  multiply_steps<Tile>(source, weight, (depth + Tile::k - 1) / Tile::k, stages, sums);
  write_sums<Tile, T>(sums, reinterpret_cast<float*>(stages), pixels - first_pixel, g.result_channels - first_channel,
                      arguments.vectors,
                      GatherResult<T>{arguments, origins, group * g.result_channels + first_channel,
                                      std::int64_t{g.groups} * g.result_channels});
}

}  // namespace kernels::cuda
