// SPDX-License-Identifier: Apache-2.0
// Adaptive average pooling. A window may be the whole image, so blocks add a few rows of it each, in f32 along a row
// and in f64 over rows, and a second launch adds their sums in order.
#include <algorithm>

#include "kernels/adaptive_average_pool2d.h"
#include "kernels/cuda/pixels.cuh"

namespace kernels::cuda {

namespace {

constexpr int threads = 256;
constexpr std::int64_t rows_per_task = 2;

// How the threads of a block share part of a window: `lanes` of them side by side, each with Width channels, every
// stripe of lanes with columns of its own.
struct Tasks {
  std::int64_t of_window;       // Tasks, of rows_per_task rows each.
  std::int64_t channel_blocks;  // Blocks side by side.
  int lanes;
};

// partial[((line * of_window + task) * out.width + q) * channels + c].
template <int Width, class T>
__global__ void add_rows(Image in, Image out, Tasks tasks, const T* x, double* partial) {
  SHARED(double, of_stripes, [threads * Width]);
  std::int64_t rest = blockIdx.x;
  const std::int64_t channel_block = rest % tasks.channel_blocks;
  rest /= tasks.channel_blocks;
  const std::int64_t q = rest % out.width;
  rest /= out.width;
  const std::int64_t task = rest % tasks.of_window, line = rest / tasks.of_window, n = line / out.height;
  const PoolWindow rows = adaptive_window(line % out.height, in.height, out.height),
                   columns = adaptive_window(q, in.width, out.width);
  const int lanes = tasks.lanes, stripes = threads / lanes;
  const int lane = static_cast<int>(threadIdx.x) % lanes, stripe = static_cast<int>(threadIdx.x) / lanes;
  const std::int64_t c = (channel_block * lanes + lane) * Width;
  const std::int64_t first = rows.begin + task * rows_per_task;
  const std::int64_t last = first + rows_per_task < rows.end ? first + rows_per_task : rows.end;
  double sums[Width] = {};
  if (c < in.channels)
    for (std::int64_t row = first; row < last; ++row) {
      float of_row[Width] = {};
      for (std::int64_t column = columns.begin + stripe; column < columns.end; column += stripes) {
        float values[Width];
        load_channels(x + in.offset(n, row, column, c), values);
#pragma unroll
        for (int i = 0; i < Width; ++i) of_row[i] += values[i];
      }
#pragma unroll
      for (int i = 0; i < Width; ++i) sums[i] += static_cast<double>(of_row[i]);
    }
#pragma unroll
  for (int i = 0; i < Width; ++i) of_stripes[(stripe * lanes + lane) * Width + i] = sums[i];
  __syncthreads();
  for (int at = static_cast<int>(threadIdx.x); at < lanes * Width; at += threads) {
    const std::int64_t channel = channel_block * lanes * Width + at;
    if (channel >= in.channels) continue;
    double sum = 0;
    for (int s = 0; s < stripes; ++s) sum += of_stripes[s * lanes * Width + at];
    partial[((line * tasks.of_window + task) * out.width + q) * in.channels + channel] = sum;
  }
}

// A thread per element of y.
template <class T>
__global__ void add_tasks(Image in, Image out, std::int64_t tasks, const double* partial, T* y, std::int64_t count) {
  const std::int64_t at = chunk_start<1>(), line_width = out.width * out.channels;
  if (at >= count) return;
  const std::int64_t line = at / line_width, place = at % line_width;
  const PoolWindow rows = adaptive_window(line % out.height, in.height, out.height),
                   columns = adaptive_window(place / out.channels, in.width, out.width);
  double sum = 0;
#pragma unroll 8
  for (std::int64_t task = 0; task < tasks; ++task) sum += partial[(line * tasks + task) * line_width + place];
  const auto pixels = static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin));
  store(y, at, static_cast<float>(sum / pixels));
}

template <int Width, class T>
__global__ void spread_over_windows(PixelGrid grid, Image out, const T* dy, T* dx) {
  const Image& in = grid.image;
  const ColumnChannels place = place_of_thread<Width>(grid);
  const std::int64_t column = place.column, c = place.c;
  if (column >= in.width) return;
  const PoolWindow over_column = adaptive_windows_over(column, in.width, out.width);
  for_each_line(grid, [&](std::int64_t n, std::int64_t row) {
    const PoolWindow over_row = adaptive_windows_over(row, in.height, out.height);
    float sum[Width] = {};
    for (std::int64_t q = over_column.begin; q < over_column.end; ++q)
      for (std::int64_t p = over_row.begin; p < over_row.end; ++p) {
        const PoolWindow rows = adaptive_window(p, in.height, out.height),
                         columns = adaptive_window(q, in.width, out.width);
        const float share = 1.0f / static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin));
        float gradient[Width];
        load_channels(dy + out.offset(n, p, q, c), gradient);
#pragma unroll
        for (int i = 0; i < Width; ++i) sum[i] += share * gradient[i];
      }
    store_channels(dx + in.offset(n, row, column, c), sum);
  });
}

}  // namespace

void adaptive_average_pool2d_forward(Queue& queue, ConstView x, View y) {
  const std::int64_t channels = x.shape.c(), lines = y.shape.n() * y.shape.h();
  const std::int64_t highest = (x.shape.h() + y.shape.h() - 1) / y.shape.h() + 1;  // Rows of a window, at most.
  visit_dtype<float, bf16>(x.dtype, "adaptive_average_pool2d_forward", [&]<class T>() {
    with_channel_width<T>(takes_vectors(x.as<T>(), channels), [&]<int Width>() {
      Tasks tasks{(std::min(highest, x.shape.h()) + rows_per_task - 1) / rows_per_task, 1, 1};
      while (tasks.lanes < warp_size && tasks.lanes * Width < channels) tasks.lanes *= 2;
      tasks.channel_blocks = (channels + tasks.lanes * Width - 1) / (tasks.lanes * Width);
      const Workspace partial(
          queue, static_cast<std::size_t>(lines * tasks.of_window * y.shape.w() * channels) * sizeof(double));
      const std::int64_t blocks = lines * tasks.of_window * y.shape.w() * tasks.channel_blocks;
      launch(queue, {"adaptive_average_pool2d_forward, rows", blocks_for(blocks, 1), threads}, add_rows<Width, T>,
             Image(x.shape), Image(y.shape), tasks, x.as<T>(), partial.as<double>());
      launch(queue, elementwise_grid("adaptive_average_pool2d_forward", y.elements(), 1), add_tasks<T>, Image(x.shape),
             Image(y.shape), tasks.of_window, partial.as<double>(), y.as<T>(), y.elements());
    });
  });
}

void adaptive_average_pool2d_grad(Queue& queue, ConstView dy, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "adaptive_average_pool2d_grad", [&]<class T>() {
    const bool vectors = takes_vectors(dy.as<T>(), dx.shape.c()) && takes_vectors(dx.as<T>(), dx.shape.c());
    with_channel_width<T>(vectors, [&]<int Width>() {
      const PixelGrid grid(dx.shape, Width);
      launch(queue, grid.launch_grid("adaptive_average_pool2d_grad"), spread_over_windows<Width, T>, grid,
             Image(dy.shape), dy.as<T>(), dx.as<T>());
    });
  });
}

}  // namespace kernels::cuda
