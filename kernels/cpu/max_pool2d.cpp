// SPDX-License-Identifier: Apache-2.0
// Maximum pooling over vectors of channels, each image row read once. The gradient asks, for every input, the windows
// over it: nothing is filled with zeros first and no two threads write one place.
#include "kernels/max_pool2d.h"

#include <algorithm>
#include <type_traits>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

// Channels that are worked on together: their maxima and winners stay in the nearest cache.
constexpr std::int64_t block = 64;

// Whether `value` takes over from `best`; ordered comparisons are false for a NaN. Without a branch, for vector loops.
inline bool takes_over(float value, float best) {
  return static_cast<int>(value > best) | static_cast<int>(value != value);
}

// Calls body(first, count) for the channels in blocks of `lanes`, whose number the compiler knows, and one by one for
// the rest: with bytes, floats and whole numbers in one loop it makes vectors of nothing else.
template <std::int64_t lanes, class Body>
inline void for_each_lanes(std::int64_t channels, Body&& body) {
  std::int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) body(c, std::integral_constant<std::int64_t, lanes>{});
  for (; c < channels; ++c) body(c, std::integral_constant<std::int64_t, 1>{});
}

// best and winner give way to the pixel `tap`, numbered `number`, where it is larger; over `count` channels. The count
// is not known to the compiler on purpose: it would unroll the loop and choose by branches, which random data
// mispredicts.
template <class T>
inline void challenge(const T* __restrict tap, std::int32_t number, std::int64_t count, float* __restrict best,
                      std::int32_t* __restrict winner) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = load(tap, i);
    const bool wins = takes_over(value, best[i]);
    best[i] = wins ? value : best[i];
    winner[i] = wins ? number : winner[i];
  }
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
              challenge(tap, number, count, best, winner);
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

// Windows of 2x2 that do not overlap, without the borders that the general case looks for.
template <class T>
void forward_2x2(Queue& queue, ConstView x, View y, View position) {
  const Shape &in = x.shape, &out = y.shape;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  auto* where = position.as<std::uint8_t>();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t channels = out.c();
    float best[block];
    std::int32_t winner[block];
    for (std::int64_t line = begin; line < end; ++line) {
      const T* top = from + in.offset(line / out.h(), 0, 2 * (line % out.h()), 0);
      const T* bottom = top + in.w() * channels;
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const std::int64_t at = (line * out.w() + q) * channels;
        for (std::int64_t c = 0; c < channels; c += block) {
          const std::int64_t count = std::min(block, channels - c);
          const T *left = top + 2 * q * channels + c, *below = bottom + 2 * q * channels + c;
          for (std::int64_t i = 0; i < count; ++i) {
            best[i] = load(left, i);
            winner[i] = 0;
          }
          challenge(left + channels, 1, count, best, winner);
          challenge(below, 2, count, best, winner);
          challenge(below + channels, 3, count, best, winner);
          for (std::int64_t i = 0; i < count; ++i) store(to, at + c + i, best[i]);
          if (where)
            for (std::int64_t i = 0; i < count; ++i) where[at + c + i] = static_cast<std::uint8_t>(winner[i]);
        }
      }
    }
  });
}

enum class Sum { begins, goes_on };

// sum += gradient where `number` is the winner, over `count` channels; a sum that begins is assigned.
template <Sum state, class T>
inline void add_where(const T* __restrict gradient, const std::uint8_t* __restrict winner, std::int32_t number,
                      std::int64_t count, float* __restrict sum) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float share = value_where(std::int32_t{winner[i]} == number, load(gradient, i));
    sum[i] = state == Sum::begins ? share : sum[i] + share;
  }
}

template <class T>
void gradient(Queue& queue, const Pool2dOptions& o, ConstView dy, ConstView position, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const T* from = dy.as<T>();
  const auto* where = position.as<std::uint8_t>();
  T* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    float local[block];
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / in.h(), row = line % in.h();
      const PoolWindow over_row = pool_windows_over(row, o.kernel.h, o.stride.h, o.padding.h, out.h());
      for (std::int64_t column = 0; column < in.w(); ++column) {
        const PoolWindow over_column = pool_windows_over(column, o.kernel.w, o.stride.w, o.padding.w, out.w());
        for (std::int64_t c = 0; c < in.c(); c += block) {
          const std::int64_t count = std::min(block, in.c() - c);
          T* target = to + in.offset(n, c, row, column);
          // f32 adds up where it belongs; bf16 is rounded once, at the end.
          float* sum = local;
          if constexpr (std::is_same_v<T, float>) sum = target;
          bool begun = false;
          for (std::int64_t p = over_row.begin; p < over_row.end; ++p)
            for (std::int64_t q = over_column.begin; q < over_column.end; ++q) {
              const std::int64_t at = out.offset(n, c, p, q);
              const T* gradients = from + at;
              const std::uint8_t* winners = where + at;
              const auto number = static_cast<std::int32_t>((row + o.padding.h - p * o.stride.h) * o.kernel.w + column +
                                                            o.padding.w - q * o.stride.w);
              if (begun)
                add_where<Sum::goes_on>(gradients, winners, number, count, sum);
              else
                add_where<Sum::begins>(gradients, winners, number, count, sum);
              begun = true;
            }
          if (!begun) std::fill(sum, sum + count, 0.0f);
          if constexpr (!std::is_same_v<T, float>)
            for (std::int64_t i = 0; i < count; ++i) store(target, i, sum[i]);
        }
      }
    }
  });
}

// Each gradient to one of the four inputs of its window, zero to the others.
template <std::int64_t count, class T>
inline void spread_2x2(const T* __restrict from, const std::uint8_t* __restrict winner, std::int64_t next_pixel,
                       T* __restrict top, T* __restrict bottom) {
  const auto send = [&](T* to, std::int32_t number) {
    for (std::int64_t i = 0; i < count; ++i)
      store(to, i, value_where(std::int32_t{winner[i]} == number, load(from, i)));
  };
  send(top, 0);
  send(top + next_pixel, 1);
  send(bottom, 2);
  send(bottom + next_pixel, 3);
}

// Windows of 2x2 that do not overlap: each gradient goes to one of four inputs, the others get zero.
template <class T>
void gradient_2x2(Queue& queue, ConstView dy, ConstView position, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const T* from = dy.as<T>();
  const auto* where = position.as<std::uint8_t>();
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
        const std::int64_t at = out.offset(n, 0, p, q), first = 2 * q * channels;
        for_each_lanes<16>(channels, [&](std::int64_t c, auto count) {
          spread_2x2<count>(from + at + c, where + at + c, channels, top + first + c, bottom + first + c);
        });
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
