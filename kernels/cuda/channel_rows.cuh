// SPDX-License-Identifier: Apache-2.0
// Per-channel work on channels-last memory. A tensor is taken as rows of whole pixels, as many as fill whole 128-bit
// accesses, so that every thread stays on the same columns, and so on the same channels, all the way down. Sums over
// the pixels go through three fixed orders: down the rows of a thread, over the threads of a column, over the blocks.
#pragma once

#include <algorithm>
#include <numeric>

#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

inline constexpr int channel_threads = 256;

struct ChannelRows {
  int channels, length;  // Elements of a pixel and of a row. The last row may be short.
  std::int64_t count;    // Elements in all.
  int lanes, stripes;    // Threads side by side, and rows that a block takes at once.
  int column_blocks;     // Blocks side by side.
  int rows_per_thread;
  std::int64_t stretches;  // Blocks one after the other.

  unsigned blocks() const { return static_cast<unsigned>(stretches * column_blocks); }
};

// Borders depend on the shape and the type alone: sums have the same bits on every device. `most_rows`: of one thread.
template <class T>
ChannelRows channel_rows(std::int64_t channels, std::int64_t count, int most_rows) {
  constexpr int width = vector_width<T>;
  constexpr std::int64_t enough_blocks = 1024, fewest_rows = 4;
  ChannelRows rows{};
  rows.channels = static_cast<int>(channels);
  rows.length = static_cast<int>(std::lcm(channels, std::int64_t{width}));
  rows.count = count;
  const int vectors = rows.length / width;
  rows.column_blocks = (vectors + warp_size - 1) / warp_size;
  rows.lanes = (vectors + rows.column_blocks - 1) / rows.column_blocks;
  rows.stripes = channel_threads / rows.lanes;
  const std::int64_t of_stripe = ((count + rows.length - 1) / rows.length + rows.stripes - 1) / rows.stripes;
  const std::int64_t share = of_stripe * rows.column_blocks / enough_blocks;
  rows.rows_per_thread = static_cast<int>(std::min<std::int64_t>(std::max(share, fewest_rows), most_rows));
  rows.stretches = (of_stripe + rows.rows_per_thread - 1) / rows.rows_per_thread;
  return rows;
}

// What one thread of a block works on: the elements at, at + step, ... below end, and the Width - 1 behind each.
struct ChannelShare {
  int stripe;
  int column, channel;  // Of the first element.
  std::int64_t at, end;
  int step;
};

template <int Width>
__device__ __forceinline__ ChannelShare channel_share(const ChannelRows& rows, unsigned block) {
  const int lane = static_cast<int>(threadIdx.x) % rows.lanes;
  const std::int64_t stretch = block / static_cast<unsigned>(rows.column_blocks);
  const int column_block = static_cast<int>(block % static_cast<unsigned>(rows.column_blocks));
  ChannelShare share;
  share.stripe = static_cast<int>(threadIdx.x) / rows.lanes;
  share.column = (column_block * rows.lanes + lane) * Width;
  share.channel = share.column % rows.channels;
  share.step = rows.stripes * rows.length;
  const std::int64_t begin = stretch * rows.rows_per_thread * share.step;
  const std::int64_t limit = begin + std::int64_t{rows.rows_per_thread} * share.step;
  share.end = limit < rows.count ? limit : rows.count;
  share.at = begin + share.stripe * rows.length + share.column;
  if (share.stripe >= rows.stripes || share.column >= rows.length) share.at = share.end;  // A thread without work.
  return share;
}

// Rows that a thread takes at once, so that their loads are on their way together; and whether they may reach over the
// end of the tensor, or begin off a 16-byte border.
enum class Reach { whole, edge };
template <int Count, Reach Of>
struct Batch {
  static constexpr int count = Count;
  static constexpr Reach reach = Of;
};

// Calls body(batch, at) for the rows of a share in order: they begin at `at`, share.step apart. `aligned`: the tensors
// are, to 16 bytes.
template <int Width, int Most, class Body>
__device__ __forceinline__ void for_batches(const ChannelRows& rows, const ChannelShare& share, bool aligned,
                                            Body&& body) {
  std::int64_t at = share.at;
  if (aligned) {
    const std::int64_t last = rows.count - Width;
    const std::int64_t end = last + 1 < share.end ? last + 1 : share.end;
    for (; at + (Most - 1) * share.step < end; at += Most * share.step) body(Batch<Most, Reach::whole>{}, at);
    for (; at < end; at += share.step) body(Batch<1, Reach::whole>{}, at);
  }
  for (; at < share.end; at += share.step) body(Batch<1, Reach::edge>{}, at);
}

// The elements from `at` on; zeros beyond `count`.
template <Reach reach, class T>
__device__ __forceinline__ Vector<T> load_row(const T* x, std::int64_t at, std::int64_t count) {
  if constexpr (reach == Reach::whole) {
    return load_vector(x + at);
  } else {
    Vector<T> vector;
#pragma unroll
    for (int i = 0; i < vector_width<T>; ++i) vector.values[i] = at + i < count ? x[at + i] : from_float<T>(0.0f);
    return vector;
  }
}
template <Reach reach, int Width, class T>
__device__ __forceinline__ void store_row(T* y, std::int64_t at, std::int64_t count, const float (&values)[Width]) {
  if constexpr (reach == Reach::whole) {
    store_chunk(y + at, values);
  } else {
#pragma unroll
    for (int i = 0; i < Width; ++i)
      if (at + i < count) store(y, at + i, values[i]);
  }
}
template <class Rows, class T>
__device__ __forceinline__ void load_rows(Vector<T> (&vectors)[Rows::count], const T* x, std::int64_t at, int step,
                                          std::int64_t count) {
#pragma unroll
  for (int row = 0; row < Rows::count; ++row) vectors[row] = load_row<Rows::reach>(x, at + row * step, count);
}

// Entries of a vector [channels] for the Width columns from `channel` on.
template <int Width>
__device__ __forceinline__ void load_channels(const float* vector, int channel, int channels, float (&values)[Width]) {
  if (channels % Width == 0 && reinterpret_cast<std::uintptr_t>(vector) % 16 == 0)
    return load_chunk(vector + channel, values);
  int at = channel;
#pragma unroll
  for (int i = 0; i < Width; ++i) {
    values[i] = vector[at];
    if (++at == channels) at = 0;
  }
}

// Adds what the threads of a block hold for each column and writes partial[stretch][quantity][column]. All threads must
// take part.
template <int Quantities, int Width>
__device__ void add_columns(const double (&sums)[Quantities][Width], const ChannelRows& rows, const ChannelShare& share,
                            unsigned block, double* partial) {
  SHARED(double, of_threads, [Width][channel_threads]);
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t stretch = block / static_cast<unsigned>(rows.column_blocks);
#pragma unroll
  for (int quantity = 0; quantity < Quantities; ++quantity) {
#pragma unroll
    for (int i = 0; i < Width; ++i) of_threads[i][thread] = sums[quantity][i];
    for (int left = rows.stripes; left > 1;) {
      const int half = (left + 1) / 2;
      __syncthreads();
      if (share.stripe + half < left)
#pragma unroll
        for (int i = 0; i < Width; ++i) of_threads[i][thread] += of_threads[i][thread + half * rows.lanes];
      left = half;
    }
    if (share.stripe == 0 && share.column < rows.length)
#pragma unroll
      for (int i = 0; i < Width; ++i)
        partial[(stretch * Quantities + quantity) * rows.length + share.column + i] = of_threads[i][thread];
    __syncthreads();
  }
}

// Adds the partial sums of a channel, those of the columns c, c + period, ..., and calls finish(c, sums) on one thread.
// `lanes` channels side by side; the others of a block share the partial sums of each.
template <int Quantities, class Finish>
__global__ void __launch_bounds__(channel_threads)
    join_columns(const double* partial, ChannelRows rows, int period, int lanes, Finish finish) {
  SHARED(double, of_threads, [Quantities][channel_threads]);
  const int thread = static_cast<int>(threadIdx.x), slices = channel_threads / lanes;
  const int slice = thread / lanes, channel = static_cast<int>(blockIdx.x) * lanes + thread % lanes;
  const int repeats = rows.length / period, parts = static_cast<int>(rows.stretches) * repeats;
  double sums[Quantities] = {};
  if (channel < period)
    for (int part = slice; part < parts; part += slices) {
      const double* row =
          partial + std::int64_t{part / repeats} * Quantities * rows.length + part % repeats * period + channel;
#pragma unroll
      for (int quantity = 0; quantity < Quantities; ++quantity) sums[quantity] += row[quantity * rows.length];
    }
#pragma unroll
  for (int quantity = 0; quantity < Quantities; ++quantity) of_threads[quantity][thread] = sums[quantity];
  for (int half = slices / 2; half > 0; half /= 2) {
    __syncthreads();
    if (slice < half)
#pragma unroll
      for (int quantity = 0; quantity < Quantities; ++quantity)
        of_threads[quantity][thread] += of_threads[quantity][thread + half * lanes];
  }
  if (slice != 0 || channel >= period) return;
#pragma unroll
  for (int quantity = 0; quantity < Quantities; ++quantity) sums[quantity] = of_threads[quantity][thread];
  finish(channel, sums);
}

// The partial sums that add_columns writes.
inline std::size_t partial_bytes(const ChannelRows& rows, int quantities) {
  return static_cast<std::size_t>(rows.stretches * quantities * rows.length) * sizeof(double);
}

template <int Quantities, class Finish>
void launch_join(Queue& queue, const char* kernel, const double* partial, const ChannelRows& rows, int period,
                 const Finish& finish) {
  int lanes = 1;
  while (lanes < 8 && lanes < period) lanes *= 2;
  launch(queue, {kernel, blocks_for(period, lanes), channel_threads}, join_columns<Quantities, Finish>, partial, rows,
         period, lanes, finish);
}

}  // namespace kernels::cuda
