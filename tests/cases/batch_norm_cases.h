// SPDX-License-Identifier: Apache-2.0
// The batch normalisations that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/batch_norm.h"
#include "tests/cases/case_size.h"

namespace test {

struct BatchNormCase {
  std::string name;
  kernels::Shape x;
  kernels::BatchNormOptions options = {};
  enum class Residual { absent, present } residual = Residual::absent;
  CaseSize size = CaseSize::small;
};

inline const std::vector<BatchNormCase> batch_norm_cases = {
    {"two numbers", {2, 1, 1, 1}},
    {"one channel", {2, 1, 9, 7}},
    {"nine channels", {2, 9, 13, 17}, {.activation = kernels::Activation::leaky_relu(0.2)}},
    {"16 channels", {2, 16, 21, 34}, {.activation = kernels::Activation::relu()}, BatchNormCase::Residual::present},
    {"132 channels", {1, 132, 15, 20}, {.activation = kernels::Activation::leaky_relu(0.2)}},
    {"132 channels and a residual", {2, 132, 5, 7}, {}, BatchNormCase::Residual::present},
    {"2048 channels", {2, 2048, 3, 4}, {.activation = kernels::Activation::relu()}, BatchNormCase::Residual::present},
    {"2048 channels on one pixel", {2, 2048, 1, 1}, {.momentum = 0.01}},
    {"several chunks", {3, 24, 41, 37}, {.epsilon = 1e-3, .activation = kernels::Activation::relu()}},
    {"mfnet conv1",
     {4, 16, 480, 640},
     {.activation = kernels::Activation::leaky_relu(0.2)},
     BatchNormCase::Residual::absent,
     CaseSize::large},
    {"rtfnet stem",
     {2, 64, 240, 320},
     {.activation = kernels::Activation::relu()},
     BatchNormCase::Residual::absent,
     CaseSize::large},
    {"rtfnet layer1 with a residual",
     {2, 64, 120, 160},
     {.activation = kernels::Activation::relu()},
     BatchNormCase::Residual::present,
     CaseSize::large},
};

}  // namespace test
