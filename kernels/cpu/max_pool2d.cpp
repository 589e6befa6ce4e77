// SPDX-License-Identifier: Apache-2.0
// Maximum pooling over vectors of channels, each image row read once. The gradient asks, for every input, the windows
// over it: nothing is filled with zeros first and no two threads write one place.
#include "kernels/max_pool2d.h"

#include <algorithm>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

// Channels that are worked on together: their maxima and winners stay in the nearest cache.
constexpr std::int64_t block = 64;

// Whether `value` takes over from `best`. Ordered comparisons are false for a NaN.
inline bool takes_over(float value, float best) {
  return value > best || value != value;
}

template <class T>
void forward(Queue& queue, const Pool2dOptions& o, ConstView x, View y, View position) {
  const Shape &in = x.shape, &out = y.shape;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  auto* where = position.as<std::uint8_t>();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    float best[block];
    std::int32_t winner[block];
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / out.h(), p = line % out.h();
      const PoolWindow rows = pool_window(p, o.kernel.h, o.stride.h, o.padding.h, in.h());
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const PoolWindow columns = pool_window(q, o.kernel.w, o.stride.w, o.padding.w, in.w());
        // Number of the tap that lies on the pixel (0, 0).
        const std::int64_t origin = (o.padding.h - p * o.stride.h) * o.kernel.w + (o.padding.w - q * o.stride.w);
        for (std::int64_t c = 0; c < out.c(); c += block) {
          const std::int64_t count = std::min(block, out.c() - c);
          const auto first = static_cast<std::int32_t>(origin + rows.begin * o.kernel.w + columns.begin);
          const T* corner = from + in.offset(n, c, rows.begin, columns.begin);
          for (std::int64_t i = 0; i < count; ++i) {
            best[i] = load(corner, i);
            winner[i] = first;
          }
          for (std::int64_t row = rows.begin; row < rows.end; ++row)
            for (std::int64_t column = columns.begin; column < columns.end; ++column) {
              const T* tap = from + in.offset(n, c, row, column);
              const auto number = static_cast<std::int32_t>(origin + row * o.kernel.w + column);
              if (number == first) continue;
              for (std::int64_t i = 0; i < count; ++i) {
                const float value = load(tap, i);
                const bool wins = takes_over(value, best[i]);
                best[i] = wins ? value : best[i];
                winner[i] = wins ? number : winner[i];
              }
            }
          const std::int64_t at = out.offset(n, c, p, q);
          for (std::int64_t i = 0; i < count; ++i) store(to, at + i, best[i]);
          if (where)
            for (std::int64_t i = 0; i < count; ++i) where[at + i] = static_cast<std::uint8_t>(winner[i]);
        }
      }
    }
  });
}

// Windows of 2x2 that do not overlap: the four inputs of an output are compared in registers.
template <class T>
void forward_2x2(Queue& queue, ConstView x, View y, View position) {
  const Shape &in = x.shape, &out = y.shape;
  const T* from = x.as<T>();
  const std::int64_t channels = out.c();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / out.h(), p = line % out.h();
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const T* top = from + in.offset(n, 0, 2 * p, 2 * q);
        const T* bottom = from + in.offset(n, 0, 2 * p + 1, 2 * q);
        T* to = y.as<T>() + out.offset(n, 0, p, q);
        std::uint8_t* where = position ? position.as<std::uint8_t>() + out.offset(n, 0, p, q) : nullptr;
        const auto compare = [&](std::int64_t i, auto&& keep) {
          float best = load(top, i);
          std::int32_t winner = 0;
          const auto challenge = [&](float value, std::int32_t number) {
            const bool wins = takes_over(value, best);
            best = wins ? value : best;
            winner = wins ? number : winner;
          };
          challenge(load(top, channels + i), 1);
          challenge(load(bottom, i), 2);
          challenge(load(bottom, channels + i), 3);
          store(to, i, best);
          keep(winner);
        };
        if (where)
          for (std::int64_t i = 0; i < channels; ++i)
            compare(i, [&](std::int32_t winner) { where[i] = static_cast<std::uint8_t>(winner); });
        else
          for (std::int64_t i = 0; i < channels; ++i) compare(i, [](std::int32_t) {});
      }
    }
  });
}

template <class T>
void gradient(Queue& queue, const Pool2dOptions& o, ConstView dy, ConstView position, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const T* from = dy.as<T>();
  const auto* where = position.as<std::uint8_t>();
  T* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    float sum[block];
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / in.h(), row = line % in.h();
      const PoolWindow over_row = pool_windows_over(row, o.kernel.h, o.stride.h, o.padding.h, out.h());
      for (std::int64_t column = 0; column < in.w(); ++column) {
        const PoolWindow over_column = pool_windows_over(column, o.kernel.w, o.stride.w, o.padding.w, out.w());
        for (std::int64_t c = 0; c < in.c(); c += block) {
          const std::int64_t count = std::min(block, in.c() - c);
          std::fill(sum, sum + count, 0.0f);
          for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
            for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
              const std::int64_t at = out.offset(n, c, p, q);
              const T* gradients = from + at;
              const std::uint8_t* winners = where + at;
              const auto number = static_cast<std::int32_t>((row + o.padding.h - p * o.stride.h) * o.kernel.w + column +
                                                            o.padding.w - q * o.stride.w);
              for (std::int64_t i = 0; i < count; ++i)
                sum[i] += static_cast<std::int32_t>(winners[i]) == number ? load(gradients, i) : 0.0f;
            }
          T* target = to + in.offset(n, c, row, column);
          for (std::int64_t i = 0; i < count; ++i) store(target, i, sum[i]);
        }
      }
    }
  });
}

// Windows of 2x2 that do not overlap: each gradient goes to one of four inputs, the others get zero.
template <class T>
void gradient_2x2(Queue& queue, ConstView dy, ConstView position, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const std::int64_t channels = in.c();
  // A last row or column that no window covers belongs to the line before it.
  const std::int64_t lines = (in.h() + 1) / 2;
  parallel_for(queue, in.n() * lines, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / lines, p = line % lines;
      T* top = dx.as<T>() + in.offset(n, 0, 2 * p, 0);
      if (p == out.h()) {
        std::fill(top, top + in.w() * channels, T(0.0f));
        continue;
      }
      T* bottom = top + in.w() * channels;
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const T* from = dy.as<T>() + out.offset(n, 0, p, q);
        const std::uint8_t* where = position.as<std::uint8_t>() + out.offset(n, 0, p, q);
        T *left_top = top + 2 * q * channels, *left_bottom = bottom + 2 * q * channels;
        for (std::int64_t i = 0; i < channels; ++i) {
          const float value = load(from, i);
          const std::int32_t winner = where[i];
          store(left_top, i, winner == 0 ? value : 0.0f);
          store(left_top, channels + i, winner == 1 ? value : 0.0f);
          store(left_bottom, i, winner == 2 ? value : 0.0f);
          store(left_bottom, channels + i, winner == 3 ? value : 0.0f);
        }
      }
      if (in.w() % 2 == 1) {
        std::fill(top + (in.w() - 1) * channels, top + in.w() * channels, T(0.0f));
        std::fill(bottom + (in.w() - 1) * channels, bottom + in.w() * channels, T(0.0f));
      }
    }
  });
}

bool is_2x2(const Pool2dOptions& o) {
  return o.kernel == Size2(2) && o.stride == Size2(2) && o.padding == Size2(0);
}

}  // namespace

void max_pool2d_forward(Queue& queue, const Pool2dOptions& options, ConstView x, View y, View position) {
  visit_dtype<float, bf16>(x.dtype, "max_pool2d_forward", [&]<class T>() {
    if (is_2x2(options))
      forward_2x2<T>(queue, x, y, position);
    else
      forward<T>(queue, options, x, y, position);
  });
}

void max_pool2d_grad(Queue& queue, const Pool2dOptions& options, ConstView dy, ConstView position, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "max_pool2d_grad", [&]<class T>() {
    if (is_2x2(options))
      gradient_2x2<T>(queue, dy, position, dx);
    else
      gradient<T>(queue, options, dy, position, dx);
  });
}

}  // namespace kernels::cpu
