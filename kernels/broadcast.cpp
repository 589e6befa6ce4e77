// SPDX-License-Identifier: Apache-2.0
#include "kernels/broadcast.h"

#include <algorithm>
#include <vector>

namespace kernels {

namespace {

// Axes of a shape, outermost in memory first, right-aligned in max_rank entries.
std::array<std::int64_t, Shape::max_rank> memory_extents(const Shape& shape) {
  std::array<std::int64_t, Shape::max_rank> extents{1, 1, 1, 1, 1};
  std::array<int, Shape::max_rank> order{0, 1, 2, 3, 4};
  if (shape.rank() == 4) order = {0, 2, 3, 1, 4};
  for (int i = 0; i < shape.rank(); ++i)
    extents[static_cast<std::size_t>(Shape::max_rank - shape.rank() + i)] = shape[order[static_cast<std::size_t>(i)]];
  return extents;
}

}  // namespace

BroadcastLoop broadcast_loop(const char* op, const Shape& full, const Shape& a, const Shape& b) {
  BroadcastLoop loop;
  loop.extent = memory_extents(full);
  const auto strides = [&](const Shape& operand, std::array<std::int64_t, Shape::max_rank>& stride) {
    if (operand.rank() != full.rank())
      throw ShapeError("{}: {} does not broadcast to {}: the ranks differ", op, operand, full);
    const auto extents = memory_extents(operand);
    std::int64_t step = 1;
    for (int axis = Shape::max_rank - 1; axis >= 0; --axis) {
      const auto k = static_cast<std::size_t>(axis);
      if (extents[k] != loop.extent[k] && extents[k] != 1)
        throw ShapeError("{}: {} does not broadcast to {}", op, operand, full);
      stride[k] = extents[k] == 1 ? 0 : step;
      step *= extents[k];
    }
  };
  strides(a, loop.stride_a);
  strides(b, loop.stride_b);
  return loop;
}

std::optional<SumFold> sum_fold(const BroadcastLoop& loop) {
  SumFold f;
  int stage = 0;  // 0: inner, 1: summed, 2: outer.
  for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
    const std::int64_t extent = loop.extent[static_cast<std::size_t>(axis)];
    if (extent == 1) continue;
    const bool kept = loop.stride_a[static_cast<std::size_t>(axis)] != 0;
    if (stage == 0 && !kept) stage = 1;
    if (stage == 1 && kept) stage = 2;
    if (stage == 2 && !kept) return std::nullopt;
    (stage == 0 ? f.inner : stage == 1 ? f.summed : f.outer) *= extent;
  }
  return f;
}

Shape pad_rank(const Shape& shape, int rank) {
  std::vector<std::int64_t> extents(static_cast<std::size_t>(std::max(0, rank - shape.rank())), 1);
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(shape[axis]);
  return Shape::from(extents);
}

Shape broadcast_shape(const char* op, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  const Shape x = pad_rank(a, rank), y = pad_rank(b, rank);
  Shape full = x;
  for (int axis = 0; axis < rank; ++axis) {
    if (x[axis] != y[axis] && x[axis] != 1 && y[axis] != 1)
      throw ShapeError("{}: {} and {} do not broadcast", op, a, b);
    full[axis] = x[axis] == 1 ? y[axis] : x[axis];
  }
  return full;
}

}  // namespace kernels
