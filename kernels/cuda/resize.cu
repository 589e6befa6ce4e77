// SPDX-License-Identifier: Apache-2.0
// Resizing. Positions are fractions of whole numbers, as in resize_tap. The gradient asks, for every input, the outputs
// that read it: they are neighbours, and their weights follow from the same fractions.
#include <cstdint>

#include "kernels/cuda/pixels.cuh"
#include "kernels/resize.h"

namespace kernels::cuda {

namespace {

// Along one axis, output `at` reads position (at * step + start) / unit, held inside of [0, in - 1].
struct ResizeAxis {
  int in, out;
  int step = 0, start = 0, unit = 1;

  ResizeAxis(const ResizeOptions& options, std::int64_t in_extent, std::int64_t out_extent)
      : in(static_cast<int>(in_extent)), out(static_cast<int>(out_extent)) {
    if (in_extent > (std::int64_t{1} << 29) / out_extent)
      throw ShapeError("resize on device cuda: from {} to {} pixels: their product is above 2^29", in_extent,
                       out_extent);
    if (options.interpolation == Interpolation::nearest) {
      step = in;
      unit = out;
    } else if (options.corners == Corners::centres) {
      step = 2 * in;
      start = in - out;
      unit = 2 * out;
    } else if (out > 1) {
      step = in - 1;
      unit = out - 1;
    }
  }

  // In units of 1 / unit.
  __device__ int position(int at) const {
    const int place = at * step + start, most = (in - 1) * unit;
    return place < 0 ? 0 : place > most ? most : place;
  }
  __device__ int nearest(int at) const { return at * step / unit; }
};

struct Tap {
  int first, second;
  float weight;  // Of the second.
};
__device__ __forceinline__ Tap tap_of(const ResizeAxis& axis, int at) {
  const int position = axis.position(at), first = position / axis.unit;
  const int second = first + 1 < axis.in ? first + 1 : first;
  return {first, second, static_cast<float>(position - first * axis.unit) / static_cast<float>(axis.unit)};
}

// The outputs [begin, end) that read input `at`.
struct Readers {
  int begin, end;
};
__device__ __forceinline__ Readers nearest_readers(const ResizeAxis& axis, int at) {
  return {(at * axis.unit + axis.step - 1) / axis.step, ((at + 1) * axis.unit + axis.step - 1) / axis.step};
}
__device__ __forceinline__ Readers bilinear_readers(const ResizeAxis& axis, int at) {
  if (axis.step == 0) return {0, at == 0 ? axis.out : 0};
  // Positions strictly between at - 1 and at + 1; what is held at a border reads it too.
  const int after = (at - 1) * axis.unit - axis.start, before = (at + 1) * axis.unit - axis.start + axis.step - 1;
  const int begin = at == 0 || after < 0 ? 0 : after / axis.step + 1;
  const int end = before < 0 ? 0 : before / axis.step;
  return {begin, at == axis.in - 1 || end > axis.out ? axis.out : end};
}
// With which weight output `reader` reads input `at`: one less its distance.
__device__ __forceinline__ float bilinear_weight(const ResizeAxis& axis, int reader, int at, float per_unit) {
  const int distance = axis.position(reader) - at * axis.unit;
  return static_cast<float>(axis.unit - (distance < 0 ? -distance : distance)) * per_unit;
}

template <int Width, class T>
__device__ __forceinline__ void copy_channels(T* to, const T* from) {
  if constexpr (Width == 1)
    *to = *from;
  else
    store_vector(to, load_vector(from));
}

template <int Width, class T>
__global__ void resize_nearest(PixelGrid grid, Image in, ResizeAxis rows, ResizeAxis columns, const T* x, T* y) {
  const ColumnChannels place = place_of_thread<Width>(grid);
  if (place.column >= grid.image.width) return;
  const int column = columns.nearest(static_cast<int>(place.column));
  for_each_line(grid, [&](std::int64_t n, std::int64_t p) {
    copy_channels<Width>(y + grid.image.offset(n, p, place.column, place.c),
                         x + in.offset(n, rows.nearest(static_cast<int>(p)), column, place.c));
  });
}

template <int Width, class T>
__global__ void resize_bilinear(PixelGrid grid, Image in, ResizeAxis rows, ResizeAxis columns, const T* x, T* y) {
  const ColumnChannels place = place_of_thread<Width>(grid);
  if (place.column >= grid.image.width) return;
  const Tap column = tap_of(columns, static_cast<int>(place.column));
  for_each_line(grid, [&](std::int64_t n, std::int64_t p) {
    const Tap row = tap_of(rows, static_cast<int>(p));
    float left_above[Width], left_below[Width], right_above[Width], right_below[Width];
    load_channels(x + in.offset(n, row.first, column.first, place.c), left_above);
    load_channels(x + in.offset(n, row.second, column.first, place.c), left_below);
    load_channels(x + in.offset(n, row.first, column.second, place.c), right_above);
    load_channels(x + in.offset(n, row.second, column.second, place.c), right_below);
#pragma unroll
    for (int i = 0; i < Width; ++i) {
      const float left = left_above[i] * (1.0f - row.weight) + left_below[i] * row.weight;
      const float right = right_above[i] * (1.0f - row.weight) + right_below[i] * row.weight;
      left_above[i] = left * (1.0f - column.weight) + right * column.weight;
    }
    store_channels(y + grid.image.offset(n, p, place.column, place.c), left_above);
  });
}

template <Interpolation interpolation, int Width, class T>
__global__ void gather_from_readers(PixelGrid grid, Image out, ResizeAxis rows, ResizeAxis columns, const T* dy,
                                    T* dx) {
  constexpr bool is_nearest = interpolation == Interpolation::nearest;
  const ColumnChannels place = place_of_thread<Width>(grid);
  if (place.column >= grid.image.width) return;
  const auto column = static_cast<int>(place.column);
  const Readers across = is_nearest ? nearest_readers(columns, column) : bilinear_readers(columns, column);
  const float per_row = 1.0f / static_cast<float>(rows.unit), per_column = 1.0f / static_cast<float>(columns.unit);
  for_each_line(grid, [&](std::int64_t n, std::int64_t line) {
    const auto row = static_cast<int>(line);
    const Readers down = is_nearest ? nearest_readers(rows, row) : bilinear_readers(rows, row);
    float sum[Width] = {};
    for (int p = down.begin; p < down.end; ++p) {
      const float row_weight = is_nearest ? 1.0f : bilinear_weight(rows, p, row, per_row);
      float of_row[Width] = {};
      const T* from = dy + out.offset(n, p, across.begin, place.c);
#pragma unroll 4
      for (int q = across.begin; q < across.end; ++q, from += out.channels) {
        const float weight = is_nearest ? 1.0f : bilinear_weight(columns, q, column, per_column);
        float gradient[Width];
        load_channels(from, gradient);
#pragma unroll
        for (int i = 0; i < Width; ++i) of_row[i] += weight * gradient[i];
      }
#pragma unroll
      for (int i = 0; i < Width; ++i) sum[i] += row_weight * of_row[i];
    }
    store_channels(dx + grid.image.offset(n, line, place.column, place.c), sum);
  });
}

}  // namespace

void resize_forward(Queue& queue, const ResizeOptions& options, ConstView x, View y) {
  const ResizeAxis rows(options, x.shape.h(), y.shape.h()), columns(options, x.shape.w(), y.shape.w());
  visit_dtype<float, bf16>(x.dtype, "resize_forward", [&]<class T>() {
    const bool vectors = takes_vectors(x.as<T>(), x.shape.c()) && takes_vectors(y.as<T>(), x.shape.c());
    with_channel_width<T>(vectors, [&]<int Width>() {
      const PixelGrid grid(y.shape, Width);
      const auto kernel =
          options.interpolation == Interpolation::nearest ? resize_nearest<Width, T> : resize_bilinear<Width, T>;
      launch(queue, grid.launch_grid("resize_forward"), kernel, grid, Image(x.shape), rows, columns, x.as<T>(),
             y.as<T>());
    });
  });
}

void resize_grad(Queue& queue, const ResizeOptions& options, ConstView dy, View dx) {
  const ResizeAxis rows(options, dx.shape.h(), dy.shape.h()), columns(options, dx.shape.w(), dy.shape.w());
  visit_dtype<float, bf16>(dy.dtype, "resize_grad", [&]<class T>() {
    const bool vectors = takes_vectors(dy.as<T>(), dx.shape.c()) && takes_vectors(dx.as<T>(), dx.shape.c());
    with_channel_width<T>(vectors, [&]<int Width>() {
      const PixelGrid grid(dx.shape, Width);
      const auto kernel = options.interpolation == Interpolation::nearest
                              ? gather_from_readers<Interpolation::nearest, Width, T>
                              : gather_from_readers<Interpolation::bilinear, Width, T>;
      launch(queue, grid.launch_grid("resize_grad"), kernel, grid, Image(dy.shape), rows, columns, dy.as<T>(),
             dx.as<T>());
    });
  });
}

}  // namespace kernels::cuda
