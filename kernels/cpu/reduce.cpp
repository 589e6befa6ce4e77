// SPDX-License-Identifier: Apache-2.0
// Axes that are kept or summed together are folded; nearly every sum is then [kept, summed, kept] with some of them 1.
// All sums are f64, over chunks whose borders depend on the shape alone and are added in order, so every thread count
// gives the same bits.
#include "kernels/reduce.h"

#include <algorithm>
#include <optional>

#include "kernels/broadcast.h"
#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

template <class T>
double value_at(const T* from, std::int64_t i) {
  return static_cast<double>(load(from, i));
}

// Adds rows of `lanes` numbers into as many sums.
template <class T>
void add_rows(const T* from, std::int64_t begin, std::int64_t end, const Lanes& lanes, double* __restrict sums) {
  for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
    const T* row = from + at;
    for (std::int64_t i = 0; i < n; ++i) sums[i] += value_at(row, i);
  });
}

// Short lines that lie next to each other: each is summed on its own.
template <class T, class Store>
void sum_lines(Queue& queue, const T* from, const SumFold& f, Store&& store_sum) {
  parallel_for(queue, f.outer, std::max<std::int64_t>(1, 16384 / f.summed), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      double sum = 0;
      for (std::int64_t i = 0; i < f.summed; ++i) sum += value_at(from, line * f.summed + i);
      store_sum(line, sum);
    }
  });
}

// Rows so long that threads share their columns.
template <class T, class Store>
void sum_columns(Queue& queue, const T* from, const SumFold& f, Store&& store_sum) {
  constexpr std::int64_t width = 1024;  // Columns whose sums stay in the first cache.
  const std::int64_t stripes = (f.inner + width - 1) / width;
  parallel_for(queue, f.outer * stripes, 1, [&](std::int64_t begin, std::int64_t end) {
    double sums[width];
    for (std::int64_t stripe = begin; stripe < end; ++stripe) {
      const std::int64_t outer = stripe / stripes, column = stripe % stripes * width;
      const std::int64_t n = std::min(width, f.inner - column);
      std::fill_n(sums, n, 0.0);
      for (std::int64_t k = 0; k < f.summed; ++k) {
        const T* row = from + (outer * f.summed + k) * f.inner + column;
        for (std::int64_t i = 0; i < n; ++i) sums[i] += value_at(row, i);
      }
      for (std::int64_t i = 0; i < n; ++i) store_sum(outer * f.inner + column + i, sums[i]);
    }
  });
}

// Everything else: a partial row of sums per chunk.
template <class T, class Store>
void sum_chunks(Queue& queue, const T* from, const SumFold& f, Store&& store_sum) {
  const Lanes lanes(f.inner, f.summed * f.inner);
  const std::int64_t chunks = lanes.chunks();
  const Workspace workspace(queue, static_cast<std::size_t>(f.outer * chunks * f.inner) * sizeof(double));
  auto* partial = workspace.as<double>();
  parallel_for(queue, f.outer * chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> sums(static_cast<std::size_t>(lanes.width));
    for (std::int64_t at = begin; at < end; ++at) {
      const std::int64_t first = at % chunks * lanes.chunk;
      std::fill(sums.begin(), sums.end(), 0.0);
      add_rows(from + at / chunks * lanes.count, first, std::min(lanes.count, first + lanes.chunk), lanes, sums.data());
      double* row = partial + at * f.inner;
      std::fill_n(row, f.inner, 0.0);
      for (std::int64_t i = 0; i < lanes.width; ++i) row[i % f.inner] += sums[static_cast<std::size_t>(i)];
    }
  });
  for (std::int64_t outer = 0; outer < f.outer; ++outer)
    for (std::int64_t i = 0; i < f.inner; ++i) {
      double sum = 0;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) sum += partial[(outer * chunks + chunk) * f.inner + i];
      store_sum(outer * f.inner + i, sum);
    }
}

// Kept and summed axes that alternate more often.
template <class T, class Store>
void sum_any(const T* from, const BroadcastLoop& loop, std::int64_t count, std::int64_t kept, Store&& store_sum) {
  std::vector<double> sums(static_cast<std::size_t>(kept));
  for_each_broadcast(loop, 0, count, [&](std::int64_t i, std::int64_t at, std::int64_t) {
    sums[static_cast<std::size_t>(at)] += value_at(from, i);
  });
  for (std::int64_t i = 0; i < kept; ++i) store_sum(i, sums[static_cast<std::size_t>(i)]);
}

}  // namespace

void reduce_sum(Queue& queue, double scale, ConstView x, View y) {
  const BroadcastLoop loop = broadcast_loop("reduce_sum", x.shape, y.shape, y.shape);
  const std::optional<SumFold> folded = sum_fold(loop);
  visit_dtype<float, bf16>(x.dtype, "reduce_sum", [&]<class T>() {
    visit_dtype<float, bf16>(y.dtype, "reduce_sum", [&]<class Y>() {
      const T* from = x.as<T>();
      Y* to = y.as<Y>();
      const auto store_sum = [=](std::int64_t i, double sum) {
        store(to, i, static_cast<float>(sum * scale));
      };
      if (!folded)
        sum_any(from, loop, x.elements(), y.elements(), store_sum);
      else if (folded->inner == 1 && folded->outer > 1 && folded->summed <= 4096)
        sum_lines(queue, from, *folded, store_sum);
      else if (folded->inner >= 4096)
        sum_columns(queue, from, *folded, store_sum);
      else
        sum_chunks(queue, from, *folded, store_sum);
    });
  });
}

}  // namespace kernels::cpu
