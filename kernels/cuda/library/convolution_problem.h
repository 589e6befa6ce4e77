// SPDX-License-Identifier: Apache-2.0
// A convolution as cuDNN is asked for it: all tensors channels-last and of one type, sums in f32.
#pragma once

#include <string>

#include "kernels/conv2d.h"
#include "kernels/queue.h"

namespace kernels::cuda::library {

enum class Direction { forward, by_input, by_weight };

// What follows the sum in the same kernel; forward only.
enum class Fused { nothing, bias, bias_and_relu };

struct ConvolutionProblem {
  Direction direction = Direction::forward;
  Shape x = {}, weight = {}, y = {};  // Of the convolution, whichever of them is the result.
  Conv2dOptions options = {};
  DType dtype = DType::f32;           // Of all tensors.
  Products products = Products::f32;  // Of f32 factors.
  Fused fused = Fused::nothing;
};

// "forward bf16, x [8, 64, 120, 160], weight [64, 64, 3, 3], ...": for messages, and the key of a tuning file.
std::string to_string(const ConvolutionProblem& problem);

}  // namespace kernels::cuda::library
