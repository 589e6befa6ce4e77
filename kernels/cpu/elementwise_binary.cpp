// SPDX-License-Identifier: Apache-2.0
// Equal shapes and per-channel operands run as straight vector loops, everything else through the general broadcast.
#include "kernels/elementwise_binary.h"

#include "kernels/broadcast.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t grain = 1 << 14;  // Elements that are worth a thread.

template <class A, class B, class Y, class Function>
void apply(Queue& queue, ConstView a, ConstView b, View y, Function function) {
  const A* left = a.as<A>();
  const B* right = b.as<B>();
  Y* to = y.as<Y>();
  const auto compute = [&](A p, B q) {
    return Y(function(static_cast<float>(p), static_cast<float>(q)));
  };
  if (a.shape == y.shape && b.shape == y.shape) {
    parallel_for(queue, y.elements(), grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) to[i] = compute(left[i], right[i]);
    });
    return;
  }
  if (a.shape == y.shape && b.elements() == 1) {
    const B value = right[0];
    parallel_for(queue, y.elements(), grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) to[i] = compute(left[i], value);
    });
    return;
  }
  const BroadcastLoop loop = broadcast_loop("elementwise_binary", y.shape, a.shape, b.shape);
  parallel_for(queue, y.elements(), grain, [&](std::int64_t begin, std::int64_t end) {
    for_each_broadcast(loop, begin, end, [&](auto i, auto ia, auto ib) { to[i] = compute(left[ia], right[ib]); });
  });
}

template <class Function>
void with_types(Queue& queue, ConstView a, ConstView b, View y, Function function) {
  visit_dtype<float, bf16>(a.dtype, "elementwise_binary", [&]<class A>() {
    visit_dtype<float, bf16>(b.dtype, "elementwise_binary", [&]<class B>() {
      visit_dtype<float, bf16>(y.dtype, "elementwise_binary",
                               [&]<class Y>() { apply<A, B, Y>(queue, a, b, y, function); });
    });
  });
}

}  // namespace

void elementwise_binary(Queue& queue, BinaryOp op, ConstView a, ConstView b, View y) {
  switch (op) {
    case BinaryOp::add:
      return with_types(queue, a, b, y, [](float p, float q) { return p + q; });
    case BinaryOp::subtract:
      return with_types(queue, a, b, y, [](float p, float q) { return p - q; });
    case BinaryOp::multiply:
      return with_types(queue, a, b, y, [](float p, float q) { return p * q; });
    case BinaryOp::divide:
      return with_types(queue, a, b, y, [](float p, float q) { return p / q; });
  }
}

}  // namespace kernels::cpu
