// SPDX-License-Identifier: Apache-2.0
// Work on images whose channels are innermost: a thread takes neighbouring channels of one column and goes down a few
// lines, so that what depends on the column alone is found once.
#pragma once

#include <algorithm>
#include <type_traits>

#include "kernels/cuda/elementwise.cuh"
#include "kernels/shape.h"

namespace kernels::cuda {

inline constexpr int pixel_threads = 256;

// The extents of [n, c, h, w] as a kernel wants them.
struct Image {
  std::int64_t channels, height, width, lines;  // lines: n * h.

  explicit Image(const Shape& shape)
      : channels(shape.c()), height(shape.h()), width(shape.w()), lines(shape.n() * shape.h()) {}
  __host__ __device__ std::int64_t offset(std::int64_t n, std::int64_t row, std::int64_t column, std::int64_t c) const {
    return ((n * height + row) * width + column) * channels + c;
  }
};

// A grid over the places of one image and how its blocks share the lines.
struct PixelGrid {
  Image image;
  int channels_of_thread;
  std::int64_t lines_of_block = 1;

  PixelGrid(const Shape& shape, int channel_width) : image(shape), channels_of_thread(channel_width) {
    constexpr std::int64_t down = 4, busy = 1024, most = 65535;  // busy: blocks that fill any GPU; most: blocks.y.
    if (image.lines / down * blocks_across() >= busy) lines_of_block = down;
    lines_of_block = std::max(lines_of_block, (image.lines + most - 1) / most);
  }
  unsigned blocks_across() const {
    return blocks_for(image.width * (image.channels / channels_of_thread), pixel_threads);
  }
  Grid launch_grid(const char* kernel) const {
    return {kernel, dim3(blocks_across(), blocks_for(image.lines, lines_of_block)), pixel_threads};
  }
};

// Where a thread works: Width channels from c on. A column beyond the width means nothing to do.
struct ColumnChannels {
  std::int64_t column, c;
};
template <int Width>
__device__ __forceinline__ ColumnChannels place_of_thread(const PixelGrid& grid) {
  const std::int64_t item = std::int64_t{blockIdx.x} * pixel_threads + threadIdx.x;
  const std::int64_t groups = grid.image.channels / Width;
  return {item / groups, item % groups * Width};
}

// Calls body(n, row) for the lines of this block.
template <class Body>
__device__ __forceinline__ void for_each_line(const PixelGrid& grid, Body&& body) {
  const std::int64_t first = blockIdx.y * grid.lines_of_block;
  for (std::int64_t line = first; line < first + grid.lines_of_block && line < grid.image.lines; ++line)
    body(line / grid.image.height, line % grid.image.height);
}

// Width is 1 or the vector width of T.
template <int Width, class T>
__device__ __forceinline__ void load_channels(const T* from, float (&values)[Width]) {
  if constexpr (Width == 1)
    values[0] = to_float(*from);
  else
    load_chunk(from, values);
}
template <int Width, class T>
__device__ __forceinline__ void store_channels(T* to, const float (&values)[Width]) {
  if constexpr (Width == 1)
    *to = from_float<T>(values[0]);
  else
    store_chunk(to, values);
}

// Calls body.operator()<Width>(): vectors where every address and the number of channels are fit for them, else 1.
template <class T, class Body>
void with_channel_width(bool vectors, Body&& body) {
  if (vectors)
    body.template operator()<vector_width<T>>();
  else
    body.template operator()<1>();
}

}  // namespace kernels::cuda
