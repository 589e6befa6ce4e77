// SPDX-License-Identifier: Apache-2.0
// Random convolution problems, small enough for an emulated device: remainders, strides, dilation, groups, 1x1 and 7x7
// kernels, odd sizes, and channel counts that do and do not take 128-bit accesses.
#pragma once

#include <string>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/queue.h"

namespace test {

struct ConvolutionProblem {
  kernels::Shape x, weight;
  kernels::Conv2dOptions options;
  kernels::DType dtype;  // Of the activations.
  kernels::Products products;
  bool scale, bias, residual;
  int candidate;  // Which of the device's tiles are used; 0 leaves the choice to the device.
  std::uint64_t seed;

  std::string name() const;
  std::int64_t operations() const;  // Multiplications of the forward sum.
};

// The first `count` of an endless sequence in which no two problems are equal.
std::vector<ConvolutionProblem> convolution_problems(int count);

}  // namespace test
