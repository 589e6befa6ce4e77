// SPDX-License-Identifier: Apache-2.0
// Every function of one number, with the range that it is tested on: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/elementwise_unary.h"

namespace test {

struct ElementwiseUnaryCase {
  std::string name;
  kernels::UnaryFunction function;
  double low, high;  // Of x.
};

inline const std::vector<ElementwiseUnaryCase> elementwise_unary_cases = {
    {"relu", {kernels::UnaryOp::relu}, -2, 2},
    {"leaky_relu", {kernels::UnaryOp::leaky_relu, 0.2}, -2, 2},
    {"leaky_relu of negative slope", {kernels::UnaryOp::leaky_relu, -0.5}, -2, 2},
    {"sigmoid", {kernels::UnaryOp::sigmoid}, -8, 8},
    {"tanh", {kernels::UnaryOp::tanh}, -4, 4},
    {"exp", {kernels::UnaryOp::exp}, -6, 3},
    {"log", {kernels::UnaryOp::log}, 0.25, 20},
    {"sqrt", {kernels::UnaryOp::sqrt}, 0.25, 9},
    {"square", {kernels::UnaryOp::square}, -3, 3},
    {"absolute", {kernels::UnaryOp::absolute}, -3, 3},
    {"affine", {kernels::UnaryOp::affine, -1.5, 0.25}, -3, 3},
    {"clamp", {kernels::UnaryOp::clamp, -0.5, 1.25}, -3, 3},
};

inline const std::vector<kernels::Shape> elementwise_unary_shapes = {{1}, {2, 5, 9, 13}, {33}, {2, 24, 41, 37}};

}  // namespace test
