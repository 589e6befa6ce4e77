// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"

#include "kernels/parallel.h"

namespace kernels::cpu {

namespace {

// The memory of x and y is distinct (`__restrict`), so the loop vectorises without asking.
template <class From, class To>
void convert(std::int64_t begin, std::int64_t end, const From* __restrict from, To* __restrict to) {
  for (std::int64_t i = begin; i < end; ++i) to[i] = converted<To>(from[i]);
}

}  // namespace

void cast(Queue& queue, ConstView x, View y) {
  visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(x.dtype, "cast", [&]<class From>() {
    visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(y.dtype, "cast", [&]<class To>() {
      parallel_for(queue, y.elements(), 1 << 15,
                   [&](std::int64_t begin, std::int64_t end) { convert(begin, end, x.as<From>(), y.as<To>()); });
    });
  });
}

}  // namespace kernels::cpu
