// SPDX-License-Identifier: Apache-2.0
// Work along one axis: a line is what lies along it at one place of the others. Lines are shared out in one of three
// ways. tile: short lines that are contiguous (the channels of a pixel) are staged in shared memory with 128-bit
// accesses, and each thread takes one. warp: long contiguous lines are taken by a warp each. thread: lines of another
// axis lie side by side, so neighbouring threads take neighbouring lines straight from memory.
#pragma once

#include <algorithm>

#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/shape.h"

namespace kernels::cuda {

enum class LinesBy { tile, warp, thread };

inline constexpr int line_threads = 128;
inline constexpr int longest_line_of_tile = 48;  // Two tiles of f32 then fit in 48 KiB.

struct LineShape {
  std::int64_t lines, extent, inner;
};

inline LineShape line_shape(const Shape& shape, int axis) {
  const AxisView view = along(shape, axis);
  return {view.outer * view.inner, view.extent, view.inner};
}

inline LinesBy lines_by(const LineShape& shape) {
  if (shape.inner != 1) return LinesBy::thread;
  return shape.extent <= longest_line_of_tile ? LinesBy::tile : LinesBy::warp;
}

// Lines that a block takes at once.
constexpr int lines_of_block(LinesBy by) {
  return by == LinesBy::warp ? line_threads / warp_size : line_threads;
}

// A thread that has a line to itself; its numbers lie `stride` apart.
struct OwnLine {
  int extent, start;
  std::int64_t stride;

  // Calls body(k, offset of number k) for the numbers of the line, each once, in a fixed order.
  template <class Body>
  __device__ __forceinline__ void each(Body&& body) const {
    int k = start;
    for (int i = 0; i < extent; ++i) {
      body(k, k * stride);
      if (++k == extent) k = 0;
    }
  }
  __device__ __forceinline__ float sum(float share) const { return share; }
  __device__ __forceinline__ float largest(float share) const { return share; }
  __device__ __forceinline__ bool leads() const { return true; }
};

// A warp that shares a contiguous line.
struct WarpLine {
  int extent;

  template <class Body>
  __device__ __forceinline__ void each(Body&& body) const {
    for (int k = static_cast<int>(threadIdx.x % warp_size); k < extent; k += warp_size) body(k, k);
  }
  __device__ __forceinline__ float sum(float share) const { return warp_sum(share); }
  __device__ __forceinline__ float largest(float share) const { return warp_max(share); }
  __device__ __forceinline__ bool leads() const { return threadIdx.x % warp_size == 0; }
};

// Copies `count` contiguous elements; all threads of the block take part.
template <class T>
__device__ __forceinline__ void copy_tile(T* to, const T* from, int count, bool aligned) {
  constexpr int width = vector_width<T>;
  const int whole = aligned ? count / width * width : 0;
  for (int at = static_cast<int>(threadIdx.x) * width; at < whole; at += line_threads * width)
    store_vector(to + at, load_vector(from + at));
  for (int at = whole + static_cast<int>(threadIdx.x); at < count; at += line_threads) to[at] = from[at];
}

// Calls body(line, number of the line, its numbers of x, of z, where its result goes) for the lines of one block, once
// per line and thread that shares it. z and y may be null. A tile is written in place: body must have read a number of
// x, for the last time, when it writes the result of the same k, and every thread of a line must stay in it until the
// end. `aligned`: x, z and y are, to 16 bytes. All threads of the block must take part.
template <LinesBy by, class T, class Body>
__device__ __forceinline__ void for_lines(const LineShape& shape, std::int64_t block, const T* x, const T* z, T* y,
                                          bool aligned, Body&& body) {
  const auto extent = static_cast<int>(shape.extent);
  if constexpr (by == LinesBy::tile) {
    DYN_SHARED(T, tiles);
    const std::int64_t first = block * line_threads, begin = first * extent;
    const int lines = shape.lines - first < line_threads ? static_cast<int>(shape.lines - first) : line_threads;
    T* second = tiles + line_threads * extent;
    copy_tile(tiles, x + begin, lines * extent, aligned);
    if (z) copy_tile(second, z + begin, lines * extent, aligned);
    __syncthreads();
    const int thread = static_cast<int>(threadIdx.x);
    if (thread < lines) {
      // Where the extent is even, neighbours would meet in the same banks if all began with number 0.
      const OwnLine line{extent, extent % 2 == 0 ? thread % extent : 0, 1};
      T* numbers = tiles + thread * extent;
      body(line, first + thread, numbers, second + thread * extent, numbers);
    }
    __syncthreads();
    if (y) copy_tile(y + begin, tiles, lines * extent, aligned);
    __syncthreads();
  } else if constexpr (by == LinesBy::warp) {
    const std::int64_t line = block * (line_threads / warp_size) + threadIdx.x / warp_size;
    if (line < shape.lines)
      body(WarpLine{extent}, line, x + line * extent, z ? z + line * extent : z, y ? y + line * extent : y);
  } else {
    const std::int64_t line = block * line_threads + threadIdx.x;
    if (line < shape.lines) {
      const std::int64_t at = line / shape.inner * shape.extent * shape.inner + line % shape.inner;
      body(OwnLine{extent, 0, shape.inner}, line, x + at, z ? z + at : z, y ? y + at : y);
    }
  }
}

// The largest number of a line; -infinity where all are NaN.
template <class Line, class T>
__device__ __forceinline__ float largest_of(const Line& line, const T* x) {
  float largest = -INFINITY;
  line.each([&](int, std::int64_t at) {
    const float value = load(x, at);
    largest = value > largest ? value : largest;
  });
  return line.largest(largest);
}

// The sum of exp(x - largest) over a line.
template <class Line, class T>
__device__ __forceinline__ float sum_of_exponentials(const Line& line, const T* x, float largest) {
  float sum = 0;
  line.each([&](int, std::int64_t at) { sum += expf(load(x, at) - largest); });
  return line.sum(sum);
}

// A block per block of lines, or `most` blocks that stride on. `tiles`: how many for_lines stages.
template <class T>
Grid line_grid(const char* kernel, const LineShape& shape, LinesBy by, int tiles, std::int64_t most = 0x7FFFFFFF) {
  const std::size_t shared =
      by == LinesBy::tile ? static_cast<std::size_t>(tiles * line_threads * shape.extent) * sizeof(T) : 0;
  return {kernel, blocks_for(shape.lines, lines_of_block(by), most), line_threads, shared};
}

// Calls body.operator()<by>() for the way that fits the shape.
template <class Body>
void visit_lines_by(const LineShape& shape, Body&& body) {
  switch (lines_by(shape)) {
    case LinesBy::tile:
      return body.template operator()<LinesBy::tile>();
    case LinesBy::warp:
      return body.template operator()<LinesBy::warp>();
    case LinesBy::thread:
      return body.template operator()<LinesBy::thread>();
  }
}

}  // namespace kernels::cuda
