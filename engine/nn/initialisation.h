// SPDX-License-Identifier: Apache-2.0
// How parameters start. Every value is a function of (seed, parameter name, position) alone, so it depends neither on
// the order in which layers are made nor on the device.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/shape.h"

namespace engine::nn {

struct Initialisation {
  enum class Kind { constant, uniform, normal };
  Kind kind = Kind::constant;
  double value = 0;  // The constant, the bound b of U(-b, b), or the standard deviation.

  static Initialisation constant(double c) { return {Kind::constant, c}; }
  static Initialisation uniform(double bound) { return {Kind::uniform, bound}; }
  static Initialisation normal(double deviation) { return {Kind::normal, deviation}; }
};

// For a weight (out, in / groups, kh, kw) or (out, in):
// PyTorch's default for convolutions and linear layers, of weight and bias alike: U(-b, b), b = 1 / sqrt(fan_in).
Initialisation default_uniform(const kernels::Shape& weight);
// Glorot and Bengio 2010: U(-b, b), b = sqrt(6 / (fan_in + fan_out)). The same for transposed layouts.
Initialisation xavier_uniform(const kernels::Shape& weight);
// He et al. 2015 with fan_out and the gain of ReLU: N(0, 2 / fan_out). How torchvision starts a ResNet.
Initialisation kaiming_normal_fan_out(const kernels::Shape& weight);

// Row-major values, computed in double. T is float or double: a network of 30 million weights notices the difference.
template <class T>
std::vector<T> initial_values(const Initialisation& rule, const kernels::Shape& shape, std::uint64_t seed,
                              std::string_view name);

}  // namespace engine::nn
