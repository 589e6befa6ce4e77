// SPDX-License-Identifier: Apache-2.0
// Windows and weights for resizing images of whole numbers along one axis, as Pillow 7 and later take them
// (datasets/resize.h): shrinking widens the kernel, borders cut it, and weights have 22 fractional bits. Only making a
// table computes with fractions; what uses it adds whole numbers, the same on every device.
#pragma once

#include <cstdint>
#include <vector>

namespace kernels {

enum class ResamplingKernel {
  triangle,  // Bilinear.
  cubic,     // Keys' cubic convolution kernel with a = -1/2 (1981).
};

inline constexpr int resampling_fraction_bits = 22;
inline constexpr std::int32_t resampling_one = 1 << resampling_fraction_bits;

// The number s of weights kept per output; then for each output: where its window of inputs begins, how long it is, and
// s weights.
std::vector<std::int32_t> resampling_table(int in, int out, ResamplingKernel kernel);

// The window of one output. weights null: one input of weight 1.
struct ResamplingWindow {
  int first, count;
  const std::int32_t* weights;

  constexpr std::int32_t weight(int k) const { return weights ? weights[k] : resampling_one; }
};
// table null: the axis keeps its length.
constexpr ResamplingWindow resampling_window(const std::int32_t* table, int output) {
  if (table == nullptr) return {output, 1, nullptr};
  const std::int32_t* entry = table + 1 + output * (table[0] + 2);
  return {entry[0], entry[1], entry + 2};
}

// A weighted sum in [0, most]. Sums of 8-bit numbers fit 32 bits: kernels overshoot by less than a factor of two.
template <class Sum>
constexpr Sum rounded_sum(Sum sum, Sum most) {
  const Sum value = (sum + (Sum{1} << (resampling_fraction_bits - 1))) >> resampling_fraction_bits;
  return value < 0 ? 0 : value > most ? most : value;
}

// a * b / 255, rounded, for a and b in [0, 255].
constexpr int rounded_product(int a, int b) {
  return (2 * a * b + 255) / 510;
}

}  // namespace kernels
