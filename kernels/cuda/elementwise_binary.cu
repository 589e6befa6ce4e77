// SPDX-License-Identifier: Apache-2.0
// Nearly every operand repeats with a period along memory: as long as y, one row of channels, or one number. Such pairs
// go through 128-bit accesses; other broadcasts find each element's place by its indices.
#include <array>
#include <optional>

#include "kernels/broadcast.h"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/elementwise_binary.h"

namespace kernels::cuda {

namespace {

template <BinaryOp op>
__device__ __forceinline__ float combine(float p, float q) {
  if constexpr (op == BinaryOp::add) return p + q;
  if constexpr (op == BinaryOp::subtract) return p - q;
  if constexpr (op == BinaryOp::multiply) return p * q;
  if constexpr (op == BinaryOp::divide) return p / q;
}

// An operand whose element for y[i] is data[i % period].
template <class T>
struct Periodic {
  const T* data;
  std::int64_t period;
  bool takes_chunks;  // 128-bit accesses: aligned, and no chunk of y reaches over the end of a period.
};

template <class T>
__device__ __forceinline__ std::int64_t place_in(const Periodic<T>& operand, std::int64_t at, std::int64_t count) {
  if (operand.period == count) return at;
  if (count <= 0xFFFFFFFF)  // A division of 64 bits costs several times as much.
    return static_cast<unsigned>(at) % static_cast<unsigned>(operand.period);
  return at % operand.period;
}

// N elements from y's index `at` on.
template <int N, class T>
__device__ __forceinline__ void load_periodic(const Periodic<T>& operand, std::int64_t at, std::int64_t count,
                                              float (&values)[N]) {
  std::int64_t place = place_in(operand, at, count);
  if (operand.takes_chunks) {
    load_chunk(operand.data + place, values);
  } else {
#pragma unroll
    for (int i = 0; i < N; ++i) {
      values[i] = load(operand.data, place);
      if (++place == operand.period) place = 0;
    }
  }
}

template <BinaryOp op, class A, class B, class Y>
__global__ void combine_periodic(Periodic<A> a, Periodic<B> b, Y* y, std::int64_t count, bool y_takes_chunks) {
  constexpr int width = chunk_width<A, B, Y>;
  const std::int64_t at = chunk_start<width>();
  if (y_takes_chunks && at + width <= count) {
    float left[width], right[width];
    load_periodic(a, at, count, left);
    load_periodic(b, at, count, right);
#pragma unroll
    for (int i = 0; i < width; ++i) left[i] = combine<op>(left[i], right[i]);
    store_chunk(y + at, left);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i)
      store(y, i, combine<op>(load(a.data, place_in(a, i, count)), load(b.data, place_in(b, i, count))));
  }
}

template <BinaryOp op, class A, class B, class Y>
__global__ void combine_strided(BroadcastLoop loop, const A* a, const B* b, Y* y, std::int64_t count) {
  const std::int64_t at = chunk_start<1>();
  if (at >= count) return;
  std::int64_t rest = at, from_a = 0, from_b = 0;
  for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    const std::int64_t index = rest % loop.extent[k];
    rest /= loop.extent[k];
    from_a += index * loop.stride_a[k];
    from_b += index * loop.stride_b[k];
  }
  store(y, at, combine<op>(load(a, from_a), load(b, from_b)));
}

// The period of an operand with these strides, where it has one: contiguous along the inner axes, standing still along
// the outer ones.
std::optional<std::int64_t> period_of(const BroadcastLoop& loop,
                                      const std::array<std::int64_t, BroadcastLoop::axes>& stride) {
  std::int64_t period = 1;
  bool contiguous = true;
  for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    if (loop.extent[k] == 1) continue;
    if (contiguous && stride[k] == period)
      period *= loop.extent[k];
    else
      contiguous = false;
    if (!contiguous && stride[k] != 0) return std::nullopt;
  }
  return period;
}

template <BinaryOp op, class A, class B, class Y>
void apply(Queue& queue, ConstView a, ConstView b, View y) {
  constexpr int width = chunk_width<A, B, Y>;
  const BroadcastLoop loop = broadcast_loop("elementwise_binary", y.shape, a.shape, b.shape);
  const auto period_a = period_of(loop, loop.stride_a), period_b = period_of(loop, loop.stride_b);
  const std::int64_t count = y.elements();
  if (!period_a || !period_b) {
    launch(queue, elementwise_grid("elementwise_binary, strided", count, 1), combine_strided<op, A, B, Y>, loop,
           a.as<A>(), b.as<B>(), y.as<Y>(), count);
    return;
  }
  const auto operand = [&]<class T>(const T* data, std::int64_t period) {
    return Periodic<T>{data, period, all_aligned(data) && (period == count || period % width == 0)};
  };
  launch(queue, elementwise_grid("elementwise_binary", count, width), combine_periodic<op, A, B, Y>,
         operand(a.as<A>(), *period_a), operand(b.as<B>(), *period_b), y.as<Y>(), count, all_aligned(y.as<Y>()));
}

template <BinaryOp op>
void with_types(Queue& queue, ConstView a, ConstView b, View y) {
  visit_dtype<float, bf16>(a.dtype, "elementwise_binary", [&]<class A>() {
    visit_dtype<float, bf16>(b.dtype, "elementwise_binary", [&]<class B>() {
      visit_dtype<float, bf16>(y.dtype, "elementwise_binary", [&]<class Y>() { apply<op, A, B, Y>(queue, a, b, y); });
    });
  });
}

}  // namespace

void elementwise_binary(Queue& queue, BinaryOp op, ConstView a, ConstView b, View y) {
  switch (op) {
    case BinaryOp::add:
      return with_types<BinaryOp::add>(queue, a, b, y);
    case BinaryOp::subtract:
      return with_types<BinaryOp::subtract>(queue, a, b, y);
    case BinaryOp::multiply:
      return with_types<BinaryOp::multiply>(queue, a, b, y);
    case BinaryOp::divide:
      return with_types<BinaryOp::divide>(queue, a, b, y);
  }
}

}  // namespace kernels::cuda
