// SPDX-License-Identifier: Apache-2.0
// Maximum pooling; the windows that networks use are known to the compiler, so that their taps are loaded side by side.
// The gradient asks, for every input, the windows over it: nothing is filled with zeros first, nothing is added
// atomically.
#include <cstdint>
#include <limits>

#include "kernels/cuda/pixels.cuh"
#include "kernels/max_pool2d.h"

namespace kernels::cuda {

namespace {

// A window that is known to the compiler; any other is a Pool2dOptions.
template <int Kernel, int Stride, int Padding>
struct SquareWindow {
  __host__ __device__ constexpr operator Pool2dOptions() const {
    return {.kernel = Kernel, .stride = Stride, .padding = Padding};
  }
};

template <class Body>
void with_window(const Pool2dOptions& o, Body&& body) {
  const auto is = [&](int kernel, int stride, int padding) {
    return o.kernel == Size2(kernel) && o.stride == Size2(stride) && o.padding == Size2(padding);
  };
  if (is(2, 2, 0))
    body(SquareWindow<2, 2, 0>{});
  else if (is(3, 2, 1))
    body(SquareWindow<3, 2, 1>{});
  else
    body(o);
}

// The taps of as many winners as a thread has channels, in one access.
template <int Width>
using TapBytes =
    std::conditional_t<Width == 8, std::uint64_t, std::conditional_t<Width == 4, std::uint32_t, std::uint8_t>>;

template <int Width>
__device__ __forceinline__ void store_taps(std::uint8_t* to, const int (&taps)[Width]) {
  TapBytes<Width> bytes = 0;
#pragma unroll
  for (int i = 0; i < Width; ++i)
    bytes = static_cast<TapBytes<Width>>(bytes | static_cast<TapBytes<Width>>(taps[i]) << (8 * i));
  *reinterpret_cast<TapBytes<Width>*>(to) = bytes;
}
template <int Width>
__device__ __forceinline__ void load_taps(const std::uint8_t* from, int (&taps)[Width]) {
  const TapBytes<Width> bytes = *reinterpret_cast<const TapBytes<Width>*>(from);
#pragma unroll
  for (int i = 0; i < Width; ++i) taps[i] = static_cast<int>(bytes >> (8 * i) & 0xFF);
}

template <int Width, class T, class Window>
__global__ void pool_maximum(PixelGrid grid, Image in, Window window, const T* x, T* y, std::uint8_t* position) {
  const Pool2dOptions o = window;
  const Image& out = grid.image;
  const ColumnChannels place = place_of_thread<Width>(grid);
  const std::int64_t q = place.column, c = place.c;
  if (q >= out.width) return;
  const std::int64_t left = q * o.stride.w - o.padding.w;
  for_each_line(grid, [&](std::int64_t n, std::int64_t p) {
    const std::int64_t top = p * o.stride.h - o.padding.h;
    float best[Width];
    int winner[Width];
    // A tap on the image, for where all are minus infinity.
    const auto first = static_cast<int>((top < 0 ? -top : 0) * o.kernel.w + (left < 0 ? -left : 0));
#pragma unroll
    for (int i = 0; i < Width; ++i) {
      best[i] = -std::numeric_limits<float>::infinity();
      winner[i] = first;
    }
    for (int r = 0; r < o.kernel.h; ++r)
      for (int s = 0; s < o.kernel.w; ++s) {
        const std::int64_t row = top + r, column = left + s;
        if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
        float values[Width];
        load_channels(x + in.offset(n, row, column, c), values);
#pragma unroll
        for (int i = 0; i < Width; ++i) {
          const bool wins = values[i] > best[i] || values[i] != values[i];  // A NaN always does.
          best[i] = wins ? values[i] : best[i];
          winner[i] = wins ? r * o.kernel.w + s : winner[i];
        }
      }
    const std::int64_t at = out.offset(n, p, q, c);
    store_channels(y + at, best);
    if (position != nullptr) store_taps(position + at, winner);
  });
}

template <int Width, class T, class Window>
__global__ void gather_from_winners(PixelGrid grid, Image out, Window window, const T* dy, const std::uint8_t* position,
                                    T* dx) {
  const Pool2dOptions o = window;
  const ColumnChannels place = place_of_thread<Width>(grid);
  const std::int64_t column = place.column, c = place.c;
  if (column >= grid.image.width) return;
  const PoolWindow over_column = pool_windows_over(column, o.kernel.w, o.stride.w, o.padding.w, out.width);
  for_each_line(grid, [&](std::int64_t n, std::int64_t row) {
    const PoolWindow over_row = pool_windows_over(row, o.kernel.h, o.stride.h, o.padding.h, out.height);
    float sum[Width] = {};
    for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
      for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
        const auto tap =
            static_cast<int>((row + o.padding.h - p * o.stride.h) * o.kernel.w + column + o.padding.w - q * o.stride.w);
        const std::int64_t at = out.offset(n, p, q, c);
        float gradient[Width];
        int winner[Width];
        load_channels(dy + at, gradient);
        load_taps(position + at, winner);
#pragma unroll
        for (int i = 0; i < Width; ++i) sum[i] += winner[i] == tap ? gradient[i] : 0.0f;
      }
    store_channels(dx + grid.image.offset(n, row, column, c), sum);
  });
}

// Whether the taps of a vector of T can be accessed at once.
template <class T>
bool takes_taps(const std::uint8_t* position) {
  return reinterpret_cast<std::uintptr_t>(position) % vector_width<T> == 0;
}

}  // namespace

void max_pool2d_forward(Queue& queue, const Pool2dOptions& options, ConstView x, View y, View position) {
  visit_dtype<float, bf16>(x.dtype, "max_pool2d_forward", [&]<class T>() {
    const T* from = x.as<T>();
    T* to = y.as<T>();
    auto* taps = position.as<std::uint8_t>();
    const bool vectors = takes_vectors(from, x.shape.c()) && takes_vectors(to, x.shape.c()) && takes_taps<T>(taps);
    with_channel_width<T>(vectors, [&]<int Width>() {
      with_window(options, [&]<class Window>(const Window& window) {
        const PixelGrid grid(y.shape, Width);
        launch(queue, grid.launch_grid("max_pool2d_forward"), pool_maximum<Width, T, Window>, grid, Image(x.shape),
               window, from, to, taps);
      });
    });
  });
}

void max_pool2d_grad(Queue& queue, const Pool2dOptions& options, ConstView dy, ConstView position, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "max_pool2d_grad", [&]<class T>() {
    const T* from = dy.as<T>();
    const auto* taps = position.as<std::uint8_t>();
    T* to = dx.as<T>();
    const bool vectors = takes_vectors(from, dx.shape.c()) && takes_vectors(to, dx.shape.c()) && takes_taps<T>(taps);
    with_channel_width<T>(vectors, [&]<int Width>() {
      with_window(options, [&]<class Window>(const Window& window) {
        const PixelGrid grid(dx.shape, Width);
        launch(queue, grid.launch_grid("max_pool2d_grad"), gather_from_winners<Width, T, Window>, grid, Image(dy.shape),
               window, from, taps, to);
      });
    });
  });
}

}  // namespace kernels::cuda
