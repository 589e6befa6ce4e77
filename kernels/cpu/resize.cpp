// SPDX-License-Identifier: Apache-2.0
// Resizing, rows first: two rows of the source are blended as plain vectors (whatever the number of channels), then the
// blend is read by columns. The gradient runs the other way round for each row of dx, so that no two threads write one
// place. Twice the size by nearest, the step of most decoders, has loops of its own.
#include "kernels/resize.h"

#include <algorithm>
#include <vector>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

struct Tap {
  std::int64_t first, second;
  float weight;
};

std::vector<Tap> taps_of(const ResizeOptions& options, std::int64_t in, std::int64_t out) {
  std::vector<Tap> taps;
  for (std::int64_t at = 0; at < out; ++at) {
    const ResizeTap tap = resize_tap(options, at, in, out);
    taps.push_back({tap.first, tap.second, static_cast<float>(tap.weight)});
  }
  return taps;
}

template <class T>
void nearest(Queue& queue, const ResizeOptions& options, ConstView x, View y) {
  const Shape &in = x.shape, &out = y.shape;
  const std::vector<Tap> rows = taps_of(options, in.h(), out.h()), columns = taps_of(options, in.w(), out.w());
  const std::int64_t channels = in.c(), width = out.w() * channels;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / out.h(), p = line % out.h(), row = rows[static_cast<std::size_t>(p)].first;
      T* target = to + line * width;
      if (line > begin && p > 0 && rows[static_cast<std::size_t>(p - 1)].first == row) {
        std::copy(target - width, target, target);
        continue;
      }
      const T* source = from + in.offset(n, 0, row, 0);
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const T* pixel = source + columns[static_cast<std::size_t>(q)].first * channels;
        for (std::int64_t c = 0; c < channels; ++c) target[q * channels + c] = pixel[c];
      }
    }
  });
}

template <class T>
void nearest_twice(Queue& queue, ConstView x, View y) {
  const Shape& in = x.shape;
  const std::int64_t channels = in.c(), width = 2 * in.w() * channels;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      T* target = to + 2 * line * width;
      for (std::int64_t q = 0; q < in.w(); ++q) {
        const T* pixel = from + (line * in.w() + q) * channels;
        T* pair = target + 2 * q * channels;
        for (std::int64_t c = 0; c < channels; ++c) pair[c] = pair[channels + c] = pixel[c];
      }
      std::copy(target, target + width, target + width);
    }
  });
}

template <class T>
void nearest_twice_gradient(Queue& queue, ConstView dy, View dx) {
  const Shape& in = dx.shape;
  const std::int64_t channels = in.c(), width = 2 * in.w() * channels;
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line)
      for (std::int64_t q = 0; q < in.w(); ++q) {
        const T* top = dy.as<T>() + 2 * line * width + 2 * q * channels;
        const T* bottom = top + width;
        T* to = dx.as<T>() + (line * in.w() + q) * channels;
        for (std::int64_t c = 0; c < channels; ++c)
          store(to, c, (load(top, c) + load(top, channels + c)) + (load(bottom, c) + load(bottom, channels + c)));
      }
  });
}

template <class T>
void bilinear(Queue& queue, const ResizeOptions& options, ConstView x, View y) {
  const Shape &in = x.shape, &out = y.shape;
  const std::vector<Tap> rows = taps_of(options, in.h(), out.h()), columns = taps_of(options, in.w(), out.w());
  const std::int64_t channels = in.c(), width = in.w() * channels;
  const T* from = x.as<T>();
  T* to = y.as<T>();
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> blend(static_cast<std::size_t>(width));
    float* mixed = blend.data();
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / out.h();
      const Tap row = rows[static_cast<std::size_t>(line % out.h())];
      const T *above = from + in.offset(n, 0, row.first, 0), *below = from + in.offset(n, 0, row.second, 0);
      for (std::int64_t i = 0; i < width; ++i)
        mixed[i] = load(above, i) * (1.0f - row.weight) + load(below, i) * row.weight;
      T* target = to + line * out.w() * channels;
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const Tap column = columns[static_cast<std::size_t>(q)];
        const float *left = mixed + column.first * channels, *right = mixed + column.second * channels;
        for (std::int64_t c = 0; c < channels; ++c)
          store(target, q * channels + c, left[c] * (1.0f - column.weight) + right[c] * column.weight);
      }
    }
  });
}

// Rows of y that read row r of x: taps are in order, so they are neighbours.
std::vector<std::pair<std::int64_t, std::int64_t>> readers_of(const std::vector<Tap>& taps, std::int64_t in) {
  std::vector<std::pair<std::int64_t, std::int64_t>> readers(static_cast<std::size_t>(in), {0, 0});
  const auto note = [&](std::int64_t source, std::int64_t at) {
    auto& [first, last] = readers[static_cast<std::size_t>(source)];
    if (first == last) first = at;
    last = at + 1;
  };
  for (std::size_t at = 0; at < taps.size(); ++at) {
    note(taps[at].first, static_cast<std::int64_t>(at));
    note(taps[at].second, static_cast<std::int64_t>(at));
  }
  return readers;
}

template <class T>
void gradient(Queue& queue, const ResizeOptions& options, ConstView dy, View dx) {
  const Shape &in = dx.shape, &out = dy.shape;
  const std::vector<Tap> rows = taps_of(options, in.h(), out.h()), columns = taps_of(options, in.w(), out.w());
  const auto readers = readers_of(rows, in.h());
  const std::int64_t channels = in.c(), width = out.w() * channels;
  const T* from = dy.as<T>();
  T* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> gathered(static_cast<std::size_t>(width)), spread(static_cast<std::size_t>(in.w() * channels));
    float *sum = gathered.data(), *line_sum = spread.data();
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t n = line / in.h(), row = line % in.h();
      std::fill(gathered.begin(), gathered.end(), 0.0f);
      const auto [first, last] = readers[static_cast<std::size_t>(row)];
      for (std::int64_t p = first; p < last; ++p) {
        const Tap tap = rows[static_cast<std::size_t>(p)];
        const float weight = (tap.first == row ? 1.0f - tap.weight : 0.0f) + (tap.second == row ? tap.weight : 0.0f);
        if (weight == 0.0f) continue;
        const T* source = from + out.offset(n, 0, p, 0);
        for (std::int64_t i = 0; i < width; ++i) sum[i] += weight * load(source, i);
      }
      std::fill(spread.begin(), spread.end(), 0.0f);
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const Tap column = columns[static_cast<std::size_t>(q)];
        const float* pixel = sum + q * channels;
        float* left = line_sum + column.first * channels;
        for (std::int64_t c = 0; c < channels; ++c) left[c] += pixel[c] * (1.0f - column.weight);
        if (column.weight == 0.0f) continue;
        float* right = line_sum + column.second * channels;
        for (std::int64_t c = 0; c < channels; ++c) right[c] += pixel[c] * column.weight;
      }
      T* target = to + in.offset(n, 0, row, 0);
      for (std::int64_t i = 0; i < in.w() * channels; ++i) store(target, i, line_sum[i]);
    }
  });
}

bool is_nearest_twice(const ResizeOptions& options, const Shape& small, const Shape& large) {
  return options.interpolation == Interpolation::nearest && large.h() == 2 * small.h() && large.w() == 2 * small.w();
}

}  // namespace

void resize_forward(Queue& queue, const ResizeOptions& options, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "resize_forward", [&]<class T>() {
    if (is_nearest_twice(options, x.shape, y.shape))
      nearest_twice<T>(queue, x, y);
    else if (options.interpolation == Interpolation::nearest)
      nearest<T>(queue, options, x, y);
    else
      bilinear<T>(queue, options, x, y);
  });
}

void resize_grad(Queue& queue, const ResizeOptions& options, ConstView dy, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "resize_grad", [&]<class T>() {
    if (is_nearest_twice(options, dx.shape, dy.shape))
      nearest_twice_gradient<T>(queue, dy, dx);
    else
      gradient<T>(queue, options, dy, dx);
  });
}

}  // namespace kernels::cpu
