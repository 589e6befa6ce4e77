// SPDX-License-Identifier: Apache-2.0
// Adaptive average pooling over rows of channels. A window may be the whole image, so the work is split by rows of x
// within each window, not by windows: their partial sums are added in order, the same for every thread count.
#include "kernels/adaptive_average_pool2d.h"

#include <algorithm>
#include <vector>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t rows_per_task = 8;

template <class T>
void forward(Queue& queue, ConstView x, View y) {
  const Shape &in = x.shape, &out = y.shape;
  const std::int64_t channels = in.c(), width = out.w() * channels;
  const std::int64_t highest = (in.h() + out.h() - 1) / out.h() + 1;  // Rows of a window, at most.
  const std::int64_t tasks = (highest + rows_per_task - 1) / rows_per_task, lines = out.n() * out.h();
  const T* from = x.as<T>();
  T* to = y.as<T>();
  // One row of sums, [out.w, c], for each line of y and task.
  const Workspace workspace(queue, static_cast<std::size_t>(lines * tasks * width) * sizeof(double));
  auto* partial = workspace.as<double>();
  parallel_for(queue, lines * tasks, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(channels));
    float* sum = sums.data();
    for (std::int64_t item = begin; item < end; ++item) {
      const std::int64_t line = item / tasks, n = line / out.h();
      const PoolWindow rows = adaptive_window(line % out.h(), in.h(), out.h());
      const std::int64_t first = rows.begin + item % tasks * rows_per_task,
                         last = std::min(rows.end, first + rows_per_task);
      double* target = partial + item * width;
      std::fill(target, target + width, 0.0);
      for (std::int64_t row = first; row < last; ++row)
        for (std::int64_t q = 0; q < out.w(); ++q) {
          const PoolWindow columns = adaptive_window(q, in.w(), out.w());
          std::fill(sums.begin(), sums.end(), 0.0f);
          for (std::int64_t column = columns.begin; column < columns.end; ++column) {
            const T* pixel = from + in.offset(n, 0, row, column);
            for (std::int64_t c = 0; c < channels; ++c) sum[c] += load(pixel, c);
          }
          for (std::int64_t c = 0; c < channels; ++c) target[q * channels + c] += static_cast<double>(sum[c]);
        }
    }
  });
  parallel_for(queue, lines, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const PoolWindow rows = adaptive_window(line % out.h(), in.h(), out.h());
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const PoolWindow columns = adaptive_window(q, in.w(), out.w());
        const auto pixels = static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin));
        for (std::int64_t c = q * channels; c < (q + 1) * channels; ++c) {
          double sum = 0;
          for (std::int64_t task = 0; task < tasks; ++task) sum += partial[(line * tasks + task) * width + c];
          store(to, line * width + c, static_cast<float>(sum / pixels));
        }
      }
    }
  });
}

template <class T>
void gradient(Queue& queue, ConstView dy, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const std::int64_t channels = in.c();
  const T* from = dy.as<T>();
  T* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(channels));
    float* sum = sums.data();
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / in.h(), row = line % in.h();
      const PoolWindow over_row = adaptive_windows_over(row, in.h(), out.h());
      PoolWindow summed{-1, -1};  // Neighbouring columns mostly lie in the same windows: their sum is kept.
      for (std::int64_t column = 0; column < in.w(); ++column) {
        const PoolWindow over_column = adaptive_windows_over(column, in.w(), out.w());
        if (over_column.begin != summed.begin || over_column.end != summed.end) {
          summed = over_column;
          std::fill(sums.begin(), sums.end(), 0.0f);
          for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
            for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
              const PoolWindow rows = adaptive_window(p, in.h(), out.h()),
                               columns = adaptive_window(q, in.w(), out.w());
              const float share = 1.0f / static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin));
              const T* pixel = from + out.offset(n, 0, p, q);
              for (std::int64_t c = 0; c < channels; ++c) sum[c] += share * load(pixel, c);
            }
        }
        T* target = to + in.offset(n, 0, row, column);
        for (std::int64_t c = 0; c < channels; ++c) store(target, c, sum[c]);
      }
    }
  });
}

}  // namespace

void adaptive_average_pool2d_forward(Queue& queue, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "adaptive_average_pool2d_forward", [&]<class T>() { forward<T>(queue, x, y); });
}

void adaptive_average_pool2d_grad(Queue& queue, ConstView dy, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "adaptive_average_pool2d_grad", [&]<class T>() { gradient<T>(queue, dy, dx); });
}

}  // namespace kernels::cpu
