// SPDX-License-Identifier: Apache-2.0
// Shapes are always written (n, c, h, w). In memory every rank-4 tensor is channels-last, on every device: the element
// (n, c, h, w) lies at ((n * H + h) * W + w) * C + c. Weights follow the same rule, so a convolution weight written
// (o, i, kh, kw) is stored O, KH, KW, I. Other ranks are row-major. There is no second layout inside the engine.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "kernels/error.h"

namespace kernels {

// A height and a width that always travel together.
struct Size2 {
  int h = 0, w = 0;
  constexpr Size2() = default;
  constexpr Size2(int both) : h(both), w(both) {}  // NOLINT: {.stride = 2} is meant to mean both.
  constexpr Size2(int height, int width) : h(height), w(width) {}
  friend constexpr bool operator==(Size2, Size2) = default;
  friend constexpr auto operator<=>(Size2, Size2) = default;
};

class Shape {
 public:
  static constexpr int max_rank = 5;

  constexpr Shape() = default;  // Rank 0: a scalar, one element.
  constexpr Shape(std::initializer_list<std::int64_t> extents) {
    if (extents.size() > max_rank)
      throw ShapeError("a shape has at most {} dimensions, got {}", +max_rank, extents.size());
    for (const std::int64_t extent : extents) extents_[static_cast<std::size_t>(rank_++)] = extent;
  }
  template <class Range>
  static Shape from(const Range& extents) {
    Shape shape;
    for (const auto extent : extents) {
      if (shape.rank_ == max_rank) throw ShapeError("a shape has at most {} dimensions", +max_rank);
      shape.extents_[static_cast<std::size_t>(shape.rank_++)] = static_cast<std::int64_t>(extent);
    }
    return shape;
  }

  constexpr int rank() const { return rank_; }
  constexpr std::int64_t operator[](int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  constexpr std::int64_t& operator[](int axis) { return extents_[static_cast<std::size_t>(axis)]; }
  constexpr std::int64_t elements() const {
    std::int64_t product = 1;
    for (int axis = 0; axis < rank_; ++axis) product *= (*this)[axis];
    return product;
  }
  // Rank 4 only.
  constexpr std::int64_t n() const { return extents_[0]; }
  constexpr std::int64_t c() const { return extents_[1]; }
  constexpr std::int64_t h() const { return extents_[2]; }
  constexpr std::int64_t w() const { return extents_[3]; }
  constexpr std::int64_t pixels() const { return n() * h() * w(); }
  // Element offset of (n, c, h, w) in memory. Rank 4 only.
  constexpr std::int64_t offset(std::int64_t in, std::int64_t ic, std::int64_t ih, std::int64_t iw) const {
    return ((in * h() + ih) * w() + iw) * c() + ic;
  }

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis)
      if (a[axis] != b[axis]) return false;
    return true;
  }

 private:
  std::array<std::int64_t, max_rank> extents_{};
  int rank_ = 0;
};

std::string to_string(const Shape& shape);  // "[2, 3, 60, 80]"

// Rows of an (outer, axis, inner) decomposition in memory order: element (o, a, i) of `axis` lies at
// (o * extent + a) * inner + i. Ops that work along one axis (softmax, concat, reductions) use it and so need not know
// about layouts: for rank 4 the channel axis is the innermost one.
struct AxisView {
  std::int64_t outer = 1, extent = 1, inner = 1;
};
AxisView along(const Shape& shape, int axis);

}  // namespace kernels

template <>
struct fmt::formatter<kernels::Shape> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const kernels::Shape& shape, Context& context) const {
    return fmt::formatter<std::string>::format(kernels::to_string(shape), context);
  }
};
template <>
struct fmt::formatter<kernels::Size2> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const kernels::Size2& size, Context& context) const {
    return fmt::formatter<std::string>::format(fmt::format("{}x{}", size.h, size.w), context);
  }
};
