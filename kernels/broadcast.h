// SPDX-License-Identifier: Apache-2.0
// Broadcasting in memory order: shapes of equal rank whose extents are equal or 1.
#pragma once

#include <array>
#include <optional>

#include "kernels/view.h"

namespace kernels {

// The loop nest over `full`, outermost axis first in memory order, and the stride of an operand along each axis (0
// where it is broadcast).
struct BroadcastLoop {
  static constexpr int axes = Shape::max_rank;
  std::array<std::int64_t, axes> extent{1, 1, 1, 1, 1};
  std::array<std::int64_t, axes> stride_a{}, stride_b{};
};

// Throws ShapeError where a or b does not broadcast to full.
BroadcastLoop broadcast_loop(const char* op, const Shape& full, const Shape& a, const Shape& b);

// The common shape of two operands; the shorter shape is padded with ones in front. Throws ShapeError.
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b);
// `shape` with ones in front up to `rank`.
Shape pad_rank(const Shape& shape, int rank);

// A sum over broadcast axes, with axes that are kept or summed together folded: the operand seen as [outer, summed,
// inner], the result as [outer, 1, inner].
struct SumFold {
  std::int64_t outer = 1, summed = 1, inner = 1;
};
// The fold of the axes where operand a of the loop stands still; none where kept and summed axes alternate more often.
std::optional<SumFold> sum_fold(const BroadcastLoop& loop);

// Calls body(offset of full, offset of a, offset of b) for the elements [begin, end) of full in memory order.
template <class Body>
void for_each_broadcast(const BroadcastLoop& loop, std::int64_t begin, std::int64_t end, Body&& body) {
  std::array<std::int64_t, BroadcastLoop::axes> at{};
  std::int64_t rest = begin, a = 0, b = 0;
  for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    at[k] = rest % loop.extent[k];
    rest /= loop.extent[k];
    a += at[k] * loop.stride_a[k];
    b += at[k] * loop.stride_b[k];
  }
  for (std::int64_t i = begin; i < end; ++i) {
    body(i, a, b);
    for (int axis = BroadcastLoop::axes - 1; axis >= 0; --axis) {
      const auto k = static_cast<std::size_t>(axis);
      a += loop.stride_a[k];
      b += loop.stride_b[k];
      if (++at[k] < loop.extent[k]) break;
      a -= loop.stride_a[k] * loop.extent[k];
      b -= loop.stride_b[k] * loop.extent[k];
      at[k] = 0;
    }
  }
}

}  // namespace kernels
