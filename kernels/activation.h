// SPDX-License-Identifier: Apache-2.0
// The activation that a kernel applies on its way out. Its gradient is found from the result alone, because the result
// is positive exactly where the argument is.
#pragma once

namespace kernels {

struct Activation {
  enum class Kind { none, relu, leaky_relu };
  Kind kind = Kind::none;
  double slope = 1.0;  // Of the negative side: 0 for relu, 1 for none.

  static constexpr Activation none() { return {Kind::none, 1.0}; }
  static constexpr Activation relu() { return {Kind::relu, 0.0}; }
  static constexpr Activation leaky_relu(double slope) { return {Kind::leaky_relu, slope}; }
  constexpr bool is_none() const { return kind == Kind::none; }
  friend constexpr bool operator==(const Activation&, const Activation&) = default;
};

// x > 0 ? x : slope * x. `slope` 1 is the identity, 0 is ReLU (which maps -0 and negative numbers to 0).
template <class T>
constexpr T activate(T x, T slope) {
  return x > T(0) ? x : slope * x;
}

// The factor on the gradient, given the result y.
template <class T>
constexpr T activation_slope(T y, T slope) {
  return y > T(0) ? T(1) : slope;
}

}  // namespace kernels
