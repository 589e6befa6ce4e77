// SPDX-License-Identifier: Apache-2.0
// Average pooling. The gradient asks, for every input, the windows over it: nothing is added atomically.
#include "kernels/average_pool2d.h"
#include "kernels/cuda/pixels.cuh"

namespace kernels::cuda {

namespace {

__device__ __forceinline__ float divisor(const AveragePool2dOptions& options, PoolWindow rows, PoolWindow columns) {
  const Size2 kernel = options.window.kernel;
  return static_cast<float>(options.padded_places == PaddedPlaces::counted
                                ? std::int64_t{kernel.h} * kernel.w
                                : (rows.end - rows.begin) * (columns.end - columns.begin));
}

template <int Width, class T>
__global__ void pool_average(PixelGrid grid, Image in, AveragePool2dOptions options, const T* x, T* y) {
  const Pool2dOptions& o = options.window;
  const ColumnChannels place = place_of_thread<Width>(grid);
  const std::int64_t q = place.column, c = place.c;
  if (q >= grid.image.width) return;
  const PoolWindow columns = pool_window(q, o.kernel.w, o.stride.w, o.padding.w, in.width);
  for_each_line(grid, [&](std::int64_t n, std::int64_t p) {
    const PoolWindow rows = pool_window(p, o.kernel.h, o.stride.h, o.padding.h, in.height);
    float sum[Width] = {};
    for (std::int64_t row = rows.begin; row < rows.end; ++row)
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        float values[Width];
        load_channels(x + in.offset(n, row, column, c), values);
#pragma unroll
        for (int i = 0; i < Width; ++i) sum[i] += values[i];
      }
    const float places = divisor(options, rows, columns);
#pragma unroll
    for (int i = 0; i < Width; ++i) sum[i] /= places;
    store_channels(y + grid.image.offset(n, p, q, c), sum);
  });
}

template <int Width, class T>
__global__ void spread_average(PixelGrid grid, Image out, AveragePool2dOptions options, const T* dy, T* dx) {
  const Pool2dOptions& o = options.window;
  const Image& in = grid.image;
  const ColumnChannels place = place_of_thread<Width>(grid);
  const std::int64_t column = place.column, c = place.c;
  if (column >= in.width) return;
  const PoolWindow over_column = pool_windows_over(column, o.kernel.w, o.stride.w, o.padding.w, out.width);
  for_each_line(grid, [&](std::int64_t n, std::int64_t row) {
    const PoolWindow over_row = pool_windows_over(row, o.kernel.h, o.stride.h, o.padding.h, out.height);
    float sum[Width] = {};
    for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
      for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
        const float share = 1.0f / divisor(options, pool_window(p, o.kernel.h, o.stride.h, o.padding.h, in.height),
                                           pool_window(q, o.kernel.w, o.stride.w, o.padding.w, in.width));
        float gradient[Width];
        load_channels(dy + out.offset(n, p, q, c), gradient);
#pragma unroll
        for (int i = 0; i < Width; ++i) sum[i] += share * gradient[i];
      }
    store_channels(dx + in.offset(n, row, column, c), sum);
  });
}

}  // namespace

void average_pool2d_forward(Queue& queue, const AveragePool2dOptions& options, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "average_pool2d_forward", [&]<class T>() {
    const bool vectors = takes_vectors(x.as<T>(), x.shape.c()) && takes_vectors(y.as<T>(), x.shape.c());
    with_channel_width<T>(vectors, [&]<int Width>() {
      const PixelGrid grid(y.shape, Width);
      launch(queue, grid.launch_grid("average_pool2d_forward"), pool_average<Width, T>, grid, Image(x.shape), options,
             x.as<T>(), y.as<T>());
    });
  });
}

void average_pool2d_grad(Queue& queue, const AveragePool2dOptions& options, ConstView dy, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "average_pool2d_grad", [&]<class T>() {
    const bool vectors = takes_vectors(dy.as<T>(), dx.shape.c()) && takes_vectors(dx.as<T>(), dx.shape.c());
    with_channel_width<T>(vectors, [&]<int Width>() {
      const PixelGrid grid(dx.shape, Width);
      launch(queue, grid.launch_grid("average_pool2d_grad"), spread_average<Width, T>, grid, Image(dy.shape), options,
             dy.as<T>(), dx.as<T>());
    });
  });
}

}  // namespace kernels::cuda
