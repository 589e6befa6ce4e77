// SPDX-License-Identifier: Apache-2.0
// The dropouts that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/dropout.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct DropoutCase {
  std::string name;
  kernels::Shape x;
  kernels::DropoutOptions options;
  CaseSize size = CaseSize::small;
};

inline constexpr auto whole_channels = kernels::DropoutOptions::Unit::channel;

inline const std::vector<DropoutCase> dropout_cases = {
    {"one element", {1}, {}},
    {"vector", {259}, {.probability = 0.3}},
    {"matrix", {37, 113}, {.probability = 0.1}},
    {"image", {2, 5, 33, 27}, {}},
    {"nothing dropped", {3, 7}, {.probability = 0}},
    {"everything dropped", {3, 7}, {.probability = 1}},
    {"channels", {3, 19, 5, 7}, {.probability = 0.5, .unit = whole_channels}},
    {"few channels", {2, 3, 4, 6}, {.probability = 0.2, .unit = whole_channels}},
    {"features at 480x640", {2, 64, 120, 160}, {}, CaseSize::large},
    {"channels at 480x640", {2, 64, 120, 160}, {.probability = 0.1, .unit = whole_channels}, CaseSize::large},
};

}  // namespace test
