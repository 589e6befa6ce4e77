// SPDX-License-Identifier: Apache-2.0
// Many tensors as one list of numbers that is cut into equal parts, one per thread, so that hundreds of small tensors
// start the threads once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/parallel.h"

namespace kernels::cpu {

// count(i): the elements of item i of `items`. Calls body(i, begin, end) for stretches that cover all elements.
template <class Count, class Body>
void for_each_stretch(Queue& queue, std::size_t items, Count&& count, Body&& body) {
  constexpr std::int64_t grain = 1 << 14;  // Elements that are worth a thread.
  std::vector<std::int64_t> starts = {0};
  for (std::size_t i = 0; i < items; ++i) starts.push_back(starts.back() + count(i));
  parallel_for(queue, starts.back(), grain, [&](std::int64_t first, std::int64_t last) {
    auto index = static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), first) - starts.begin() - 1);
    for (; index < items && starts[index] < last; ++index) {
      const std::int64_t begin = std::max(first, starts[index]), end = std::min(last, starts[index + 1]);
      if (begin < end) body(index, begin - starts[index], end - starts[index]);
    }
  });
}

}  // namespace kernels::cpu
