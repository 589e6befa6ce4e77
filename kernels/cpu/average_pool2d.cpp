// SPDX-License-Identifier: Apache-2.0
// Average pooling over vectors of channels. The gradient asks, for every input, the windows over it, so that every
// place of dx is written once and by one thread.
#include "kernels/average_pool2d.h"

#include <algorithm>
#include <vector>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

float divisor(const AveragePool2dOptions& options, PoolWindow rows, PoolWindow columns) {
  const Size2 kernel = options.window.kernel;
  return options.padded_places == PaddedPlaces::counted
             ? static_cast<float>(kernel.h * kernel.w)
             : static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin));
}

template <class T>
void forward(Queue& queue, const AveragePool2dOptions& options, ConstView x, View y) {
  const Shape &in = x.shape, &out = y.shape;
  const Pool2dOptions& o = options.window;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(out.c()));
    float* sum = sums.data();
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / out.h(), p = line % out.h();
      const PoolWindow rows = pool_window(p, o.kernel.h, o.stride.h, o.padding.h, in.h());
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const PoolWindow columns = pool_window(q, o.kernel.w, o.stride.w, o.padding.w, in.w());
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (std::int64_t row = rows.begin; row < rows.end; ++row)
          for (std::int64_t column = columns.begin; column < columns.end; ++column) {
            const T* pixel = from + in.offset(n, 0, row, column);
            for (std::int64_t c = 0; c < out.c(); ++c) sum[c] += load(pixel, c);
          }
        const float places = divisor(options, rows, columns);
        T* target = to + out.offset(n, 0, p, q);
        for (std::int64_t c = 0; c < out.c(); ++c) store(target, c, sum[c] / places);
      }
    }
  });
}

template <class T>
void gradient(Queue& queue, const AveragePool2dOptions& options, ConstView dy, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const Pool2dOptions& o = options.window;
  const T* from = dy.as<T>();
  T* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(in.c()));
    float* sum = sums.data();
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / in.h(), row = line % in.h();
      const PoolWindow over_row = pool_windows_over(row, o.kernel.h, o.stride.h, o.padding.h, out.h());
      for (std::int64_t column = 0; column < in.w(); ++column) {
        const PoolWindow over_column = pool_windows_over(column, o.kernel.w, o.stride.w, o.padding.w, out.w());
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
          for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
            const float share = 1.0f / divisor(options, pool_window(p, o.kernel.h, o.stride.h, o.padding.h, in.h()),
                                               pool_window(q, o.kernel.w, o.stride.w, o.padding.w, in.w()));
            const T* pixel = from + out.offset(n, 0, p, q);
            for (std::int64_t c = 0; c < in.c(); ++c) sum[c] += share * load(pixel, c);
          }
        T* target = to + in.offset(n, 0, row, column);
        for (std::int64_t c = 0; c < in.c(); ++c) store(target, c, sum[c]);
      }
    }
  });
}

}  // namespace

void average_pool2d_forward(Queue& queue, const AveragePool2dOptions& options, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "average_pool2d_forward", [&]<class T>() { forward<T>(queue, options, x, y); });
}

void average_pool2d_grad(Queue& queue, const AveragePool2dOptions& options, ConstView dy, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "average_pool2d_grad", [&]<class T>() { gradient<T>(queue, options, dy, dx); });
}

}  // namespace kernels::cpu
