// SPDX-License-Identifier: Apache-2.0
// The loop nest is folded until its innermost axis is as long as the broadcast allows: equal shapes become one row, a
// per-channel operand rows of channels (repeated until a row is worth a vector loop), a per-pixel operand rows of one
// value.
#include "kernels/elementwise_binary.h"

#include <array>

#include "kernels/broadcast.h"
#include "kernels/cpu/blocks.h"

namespace kernels::cpu {

namespace {

// The innermost contiguous rows of a broadcast: `length` elements, along which an operand advances or stands still.
struct Rows {
  BroadcastLoop outer;  // Over the rows; its strides are in elements.
  std::int64_t length = 1;
  bool a_advances = true, b_advances = true;
};

Rows fold(const BroadcastLoop& loop) {
  Rows rows;
  int axis = BroadcastLoop::axes - 1;
  while (axis > 0 && loop.extent[static_cast<std::size_t>(axis)] == 1) --axis;
  const auto inner = static_cast<std::size_t>(axis);
  rows.a_advances = loop.stride_a[inner] != 0;
  rows.b_advances = loop.stride_b[inner] != 0;
  // An outer axis joins where both operands go on (or stand still) as they do inside.
  for (; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    const auto joins = [&](std::int64_t stride, bool advances) {
      return stride == (advances ? rows.length : 0);
    };
    if (loop.extent[k] != 1 && !(joins(loop.stride_a[k], rows.a_advances) && joins(loop.stride_b[k], rows.b_advances)))
      break;
    rows.length *= loop.extent[k];
  }
  for (int from = axis, to = BroadcastLoop::axes - 1; from >= 0; --from, --to) {
    const auto f = static_cast<std::size_t>(from), t = static_cast<std::size_t>(to);
    rows.outer.extent[t] = loop.extent[f];
    rows.outer.stride_a[t] = loop.stride_a[f];
    rows.outer.stride_b[t] = loop.stride_b[f];
  }
  return rows;
}

// An operand that a loop of f32 lanes reads: a row that advances, or one value.
template <class T, class Y, class Function>
void row_with_value(std::int64_t n, const T* row, float value, Y* to, Function function) {
  for_each_block(
      n, [=](std::int64_t, float p) { return function(p, value); }, to, row);
}

template <class A, class B, class Y, class Function>
void apply(Queue& queue, ConstView a, ConstView b, View y, Function function) {
  const A* left = a.as<A>();
  const B* right = b.as<B>();
  Y* to = y.as<Y>();
  const Rows rows = fold(broadcast_loop("elementwise_binary", y.shape, a.shape, b.shape));
  const std::int64_t count = y.elements(), length = rows.length;
  const auto swapped = [=](float p, float q) {
    return function(q, p);
  };
  // Calls row(y, a, b, n) for the pieces of rows in [begin, end).
  const auto for_each_piece = [&](auto&& row) {
    parallel_for(queue, count, elementwise_grain, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = begin / length, last = (end + length - 1) / length;
      for_each_broadcast(rows.outer, first, last, [&](std::int64_t at, std::int64_t ia, std::int64_t ib) {
        const std::int64_t from = std::max(begin, at * length), until = std::min(end, (at + 1) * length);
        const std::int64_t skipped = from - at * length;
        row(from, ia + (rows.a_advances ? skipped : 0), ib + (rows.b_advances ? skipped : 0), until - from);
      });
    });
  };
  // One operand is short, dense and repeats along all rows: it is spread to a width that is worth a vector loop.
  const auto repeated = [&](const auto* whole, const auto* period, auto&& combine) {
    const Lanes lanes(length, count);
    const std::vector<float> spread = lanes.spread([&](std::int64_t i) { return load(period, i); });
    parallel_for(queue, (count + lanes.width - 1) / lanes.width,
                 std::max<std::int64_t>(1, elementwise_grain / lanes.width), [&](std::int64_t begin, std::int64_t end) {
                   const float* values = spread.data();
                   for_each_row(lanes, begin * lanes.width, std::min(count, end * lanes.width),
                                [&](std::int64_t at, std::int64_t n) {
                                  for_each_block(
                                      n, [=](std::int64_t, float p, float q) { return combine(p, q); }, to + at,
                                      whole + at, values);
                                });
                 });
  };
  if (rows.a_advances && rows.b_advances) {
    if (length < count && a.elements() == count && b.elements() == length) return repeated(left, right, function);
    if (length < count && b.elements() == count && a.elements() == length) return repeated(right, left, swapped);
    for_each_piece([&](std::int64_t at, std::int64_t ia, std::int64_t ib, std::int64_t n) {
      for_each_block(
          n, [=](std::int64_t, float p, float q) { return function(p, q); }, to + at, left + ia, right + ib);
    });
  } else if (rows.a_advances) {
    for_each_piece([&](std::int64_t at, std::int64_t ia, std::int64_t ib, std::int64_t n) {
      row_with_value(n, left + ia, load(right, ib), to + at, function);
    });
  } else if (rows.b_advances) {
    for_each_piece([&](std::int64_t at, std::int64_t ia, std::int64_t ib, std::int64_t n) {
      row_with_value(n, right + ib, load(left, ia), to + at, swapped);
    });
  } else {
    for_each_piece([&](std::int64_t at, std::int64_t ia, std::int64_t ib, std::int64_t n) {
      const float value = function(load(left, ia), load(right, ib));
      for (std::int64_t i = 0; i < n; ++i) store(to, at + i, value);
    });
  }
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
