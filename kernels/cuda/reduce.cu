// SPDX-License-Identifier: Apache-2.0
// Sums in stages, without atomics: every block adds a stretch of the summed axis in a fixed order into one partial sum,
// and the partial sums are added the same way until one stretch is left. All sums are f64.
#include <algorithm>
#include <array>
#include <optional>

#include "kernels/broadcast.h"
#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/reduce.h"

namespace kernels::cuda {

namespace {

constexpr int threads = 256;
constexpr std::int64_t stretch_of_row = 8192;  // Elements that one block adds.
constexpr std::int64_t short_row = 1024;       // Up to here one warp adds a row.
constexpr std::int64_t rows_per_stripe = 32;   // That each thread of a column block adds.

template <class T>
__device__ __forceinline__ double to_double(T value) {
  if constexpr (std::is_same_v<T, double>)
    return value;
  else
    return static_cast<double>(to_float(value));
}

template <class T>
__device__ __forceinline__ void store_sum(T* to, std::int64_t at, double sum) {
  if constexpr (std::is_same_v<T, double>)
    to[at] = sum;
  else
    store(to, at, static_cast<float>(sum));
}

// The sum of x[first], x[first + step], ... below `end`: what one of `step` threads adds. `vectors`: x + begin and the
// length are fit for 128-bit accesses.
template <class X>
__device__ double sum_share(const X* x, std::int64_t begin, std::int64_t end, int share, int shares, bool vectors) {
  double sum = 0;
  if (vectors) {
    constexpr int width = vector_width<X>;
    for (std::int64_t at = begin + std::int64_t{share} * width; at < end; at += std::int64_t{shares} * width) {
      const Vector<X> vector = load_vector(x + at);
#pragma unroll
      for (int i = 0; i < width; ++i) sum += to_double(vector.values[i]);
    }
  } else {
    for (std::int64_t at = begin + share; at < end; at += shares) sum += to_double(x[at]);
  }
  return sum;
}

// A block per stretch of a row: y[row * stretches + stretch].
template <class X, class Y>
__global__ void add_row_stretches(const X* x, Y* y, std::int64_t length, std::int64_t stretches, double scale,
                                  bool vectors) {
  const std::int64_t row = blockIdx.x / stretches, stretch = blockIdx.x % stretches;
  const std::int64_t begin = stretch * stretch_of_row;
  const std::int64_t end = begin + stretch_of_row < length ? begin + stretch_of_row : length;
  const double sum =
      block_sum<threads>(sum_share(x + row * length, begin, end, static_cast<int>(threadIdx.x), threads, vectors));
  if (threadIdx.x == 0) store_sum(y, blockIdx.x, sum * scale);
}

// A warp per row.
template <class X, class Y>
__global__ void add_short_rows(const X* x, Y* y, std::int64_t rows, std::int64_t length, double scale, bool vectors) {
  const std::int64_t row = std::int64_t{blockIdx.x} * (threads / warp_size) + threadIdx.x / warp_size;
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  // A warp beyond the last row adds nothing, but takes part.
  const double share = row < rows ? sum_share(x + row * length, 0, length, lane, warp_size, vectors) : 0;
  const double sum = warp_sum(share);
  if (row < rows && lane == 0) store_sum(y, row, sum * scale);
}

// How the threads of a block share a part of [summed, inner]: `lanes` of them side by side, each with Width columns, in
// stripes of rows.
struct ColumnBlocks {
  std::int64_t summed, inner;
  std::int64_t stretches;      // Of the summed axis.
  std::int64_t column_blocks;  // Of the inner axis.
  int lanes;
};

// y[(outer * stretches + stretch) * inner + column].
template <int Width, class X, class Y>
__global__ void add_columns(const X* x, Y* y, ColumnBlocks blocks, double scale) {
  SHARED(double, of_stripes, [threads * Width]);
  const std::int64_t column_block = blockIdx.x % blocks.column_blocks;
  const std::int64_t stretch = blockIdx.x / blocks.column_blocks % blocks.stretches;
  const std::int64_t outer = blockIdx.x / blocks.column_blocks / blocks.stretches;
  const int lanes = blocks.lanes, stripes = threads / lanes;
  const int lane = static_cast<int>(threadIdx.x) % lanes, stripe = static_cast<int>(threadIdx.x) / lanes;
  const std::int64_t column = (column_block * lanes + lane) * Width;
  const std::int64_t begin = stretch * stripes * rows_per_stripe;
  const std::int64_t limit = begin + stripes * rows_per_stripe;
  const std::int64_t end = limit < blocks.summed ? limit : blocks.summed;
  double sums[Width] = {};
  if (column < blocks.inner)
    for (std::int64_t row = begin + stripe; row < end; row += stripes) {
      const X* from = x + (outer * blocks.summed + row) * blocks.inner + column;
      if constexpr (Width == 1) {
        sums[0] += to_double(*from);
      } else {
        const Vector<X> vector = load_vector(from);
#pragma unroll
        for (int i = 0; i < Width; ++i) sums[i] += to_double(vector.values[i]);
      }
    }
#pragma unroll
  for (int i = 0; i < Width; ++i) of_stripes[(stripe * lanes + lane) * Width + i] = sums[i];
  __syncthreads();
  for (int at = static_cast<int>(threadIdx.x); at < lanes * Width; at += threads) {
    const std::int64_t to = column_block * lanes * Width + at;
    if (to >= blocks.inner) continue;
    double sum = 0;
    for (int s = 0; s < stripes; ++s) sum += of_stripes[s * lanes * Width + at];
    store_sum(y, (outer * blocks.stretches + stretch) * blocks.inner + to, sum * scale);
  }
}

// Kept and summed axes that alternate more often: a block per sum finds each element by its indices.
struct ScatteredAxes {
  static constexpr int most = BroadcastLoop::axes;
  std::array<std::int64_t, most> kept_extent{}, kept_stride{}, summed_extent{}, summed_stride{};
  int kept = 0, summed = 0;  // How many axes, innermost first.
  std::int64_t count = 1;    // Elements of one sum.
};

template <class X, class Y>
__global__ void add_scattered(const X* x, Y* y, ScatteredAxes axes, double scale) {
  std::int64_t rest = blockIdx.x, base = 0;
  for (int axis = 0; axis < axes.kept; ++axis) {
    const auto k = static_cast<std::size_t>(axis);
    base += rest % axes.kept_extent[k] * axes.kept_stride[k];
    rest /= axes.kept_extent[k];
  }
  double share = 0;
  for (std::int64_t i = threadIdx.x; i < axes.count; i += threads) {
    std::int64_t at = base;
    rest = i;
    for (int axis = 0; axis < axes.summed; ++axis) {
      const auto k = static_cast<std::size_t>(axis);
      at += rest % axes.summed_extent[k] * axes.summed_stride[k];
      rest /= axes.summed_extent[k];
    }
    share += to_double(x[at]);
  }
  const double sum = block_sum<threads>(share);
  if (threadIdx.x == 0) store_sum(y, blockIdx.x, sum * scale);
}

template <class X, class Y>
void sum_rows(Queue& queue, const X* x, Y* y, std::int64_t rows, std::int64_t length, double scale) {
  const bool vectors = takes_vectors(x, length);
  if (length <= short_row) {
    launch(queue, {"reduce_sum, short rows", blocks_for(rows, threads / warp_size), threads}, add_short_rows<X, Y>, x,
           y, rows, length, scale, vectors);
    return;
  }
  const std::int64_t stretches = (length + stretch_of_row - 1) / stretch_of_row;
  const Grid grid{"reduce_sum, rows", blocks_for(rows * stretches, 1), threads};
  if (stretches == 1) {
    launch(queue, grid, add_row_stretches<X, Y>, x, y, length, stretches, scale, vectors);
    return;
  }
  const Workspace partial(queue, static_cast<std::size_t>(rows * stretches) * sizeof(double));
  launch(queue, grid, add_row_stretches<X, double>, x, partial.as<double>(), length, stretches, 1.0, vectors);
  sum_rows<double, Y>(queue, partial.as<double>(), y, rows, stretches, scale);
}

template <class X, class Y>
void sum_columns(Queue& queue, const X* x, Y* y, const SumFold& f, double scale) {
  const bool vectors = takes_vectors(x, f.inner);
  const int width = vectors ? vector_width<X> : 1;
  ColumnBlocks blocks{f.summed, f.inner, 1, 1, 1};
  while (blocks.lanes < warp_size && blocks.lanes * width < f.inner) blocks.lanes *= 2;
  blocks.column_blocks = (f.inner + blocks.lanes * width - 1) / (blocks.lanes * width);
  const std::int64_t stretch = threads / blocks.lanes * rows_per_stripe;
  blocks.stretches = (f.summed + stretch - 1) / stretch;
  const Grid grid{"reduce_sum, columns", blocks_for(f.outer * blocks.stretches * blocks.column_blocks, 1), threads};
  const auto launch_to = [&]<class To>(To* to, double factor) {
    if (vectors)
      launch(queue, grid, add_columns<vector_width<X>, X, To>, x, to, blocks, factor);
    else
      launch(queue, grid, add_columns<1, X, To>, x, to, blocks, factor);
  };
  if (blocks.stretches == 1) return launch_to(y, scale);
  const Workspace partial(queue, static_cast<std::size_t>(f.outer * blocks.stretches * f.inner) * sizeof(double));
  launch_to(partial.as<double>(), 1.0);
  sum_columns<double, Y>(queue, partial.as<double>(), y, {f.outer, blocks.stretches, f.inner}, scale);
}

ScatteredAxes scattered_axes(const BroadcastLoop& loop) {
  ScatteredAxes axes;
  std::int64_t stride = 1;
  for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    const std::int64_t extent = loop.extent[k];
    if (extent == 1) continue;
    const bool kept = loop.stride_a[k] != 0;
    const auto to = static_cast<std::size_t>(kept ? axes.kept++ : axes.summed++);
    (kept ? axes.kept_extent : axes.summed_extent)[to] = extent;
    (kept ? axes.kept_stride : axes.summed_stride)[to] = stride;
    if (!kept) axes.count *= extent;
    stride *= extent;
  }
  return axes;
}

}  // namespace

void reduce_sum(Queue& queue, double scale, ConstView x, View y) {
  const BroadcastLoop loop = broadcast_loop("reduce_sum", x.shape, y.shape, y.shape);
  const std::optional<SumFold> fold = sum_fold(loop);
  visit_dtype<float, bf16>(x.dtype, "reduce_sum", [&]<class X>() {
    visit_dtype<float, bf16>(y.dtype, "reduce_sum", [&]<class Y>() {
      if (!fold)
        launch(queue, {"reduce_sum, scattered", blocks_for(y.elements(), 1), threads}, add_scattered<X, Y>, x.as<X>(),
               y.as<Y>(), scattered_axes(loop), scale);
      else if (fold->inner == 1)
        sum_rows(queue, x.as<X>(), y.as<Y>(), fold->outer, fold->summed, scale);
      else
        sum_columns(queue, x.as<X>(), y.as<Y>(), *fold, scale);
    });
  });
}

}  // namespace kernels::cuda
