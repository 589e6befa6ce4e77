// SPDX-License-Identifier: Apache-2.0
// The one way in which CPU kernels use several threads. The partition is static: the same split for the same number of
// threads, so results repeat. Sums that must not depend on the number of threads use fixed_chunks.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/queue.h"

namespace kernels {

namespace detail {
using RangeFunction = void (*)(void* context, std::int64_t begin, std::int64_t end);
void parallel_ranges(int threads, std::int64_t count, RangeFunction function, void* context);
}  // namespace detail

// How many threads libraries that bring their own loops (oneDNN) use for the next calls from this thread.
void set_library_threads(int threads);

// Calls body(begin, end) on disjoint ranges that cover [0, count), one range per thread. `grain`: the fewest items that
// are worth a thread of their own. An exception of the body reaches the caller.
template <class Body>
void parallel_for(Queue& queue, std::int64_t count, std::int64_t grain, Body&& body) {
  if (count <= 0) return;
  const std::int64_t useful = std::max<std::int64_t>(1, count / std::max<std::int64_t>(1, grain));
  const int threads = static_cast<int>(std::min<std::int64_t>(queue.threads(), useful));
  if (threads == 1) {
    body(std::int64_t{0}, count);
    return;
  }
  auto call = [](void* context, std::int64_t begin, std::int64_t end) {
    (*static_cast<std::remove_reference_t<Body>*>(context))(begin, end);
  };
  detail::parallel_ranges(threads, count, call, &body);
}

// Splits [0, count) into chunks whose borders depend on count and size alone, never on the number of threads, and calls
// body(chunk, begin, end) for each. A reduction that keeps one partial result per chunk and adds them in order is
// bit-identical for every thread count.
template <class Body>
void fixed_chunks(Queue& queue, std::int64_t count, std::int64_t size, Body&& body) {
  const std::int64_t chunks = (count + size - 1) / size;
  parallel_for(queue, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t chunk = first; chunk < last; ++chunk)
      body(chunk, chunk * size, std::min(count, (chunk + 1) * size));
  });
}

}  // namespace kernels
