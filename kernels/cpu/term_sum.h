// SPDX-License-Identifier: Apache-2.0
// Sums of terms for losses, in f64 and with the same bits for every number of threads.
#pragma once

#include <vector>

#include "kernels/cpu/lanes.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

inline constexpr std::int64_t term_chunk = 1 << 14;

// The sum over [0, count) in chunks whose borders depend on count and chunk alone; of_chunk(begin, end) gives one's.
template <class OfChunk>
double sum_of_chunks(Queue& queue, std::int64_t count, std::int64_t chunk, OfChunk&& of_chunk) {
  std::vector<double> partial(static_cast<std::size_t>((count + chunk - 1) / chunk));
  fixed_chunks(queue, count, chunk, [&](std::int64_t number, std::int64_t begin, std::int64_t end) {
    partial[static_cast<std::size_t>(number)] = of_chunk(begin, end);
  });
  double sum = 0;
  for (const double part : partial) sum += part;
  return sum;
}

// The sum of term(i), in f32 each, over [begin, end), in lanes so that the compiler makes vectors.
template <class Term>
double sum_of_terms(std::int64_t begin, std::int64_t end, Term&& term) {
  constexpr std::int64_t lanes = 16;
  double sums[lanes] = {};
  std::int64_t at = begin;
  for (; at + lanes <= end; at += lanes)
    for (std::int64_t lane = 0; lane < lanes; ++lane) sums[lane] += static_cast<double>(term(at + lane));
  for (std::int64_t lane = 0; at < end; ++at, ++lane) sums[lane] += static_cast<double>(term(at));
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace kernels::cpu
