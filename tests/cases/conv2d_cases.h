// SPDX-License-Identifier: Apache-2.0
// The convolutions that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/conv2d.h"
#include "tests/cases/case_size.h"

namespace test {

struct Conv2dCase {
  std::string name;
  kernels::Shape x, weight;
  kernels::Conv2dOptions options;
  CaseSize size = CaseSize::small;
};

inline const std::vector<Conv2dCase> conv2d_cases = {
    {"one pixel", {1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {"stem 7x7 stride 2", {2, 3, 30, 42}, {16, 3, 7, 7}, {.stride = 2, .padding = 3}},
    {"stem of one channel", {2, 1, 30, 42}, {16, 1, 7, 7}, {.stride = 2, .padding = 3}},
    {"nothing square", {1, 6, 9, 13}, {8, 6, 3, 5}, {.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}}},
    {"stride leaves a remainder", {1, 4, 10, 11}, {4, 4, 3, 3}, {.stride = {3, 2}}},
    {"grouped", {2, 8, 12, 10}, {16, 4, 3, 3}, {.padding = 1, .groups = 2}},
    {"mfnet conv1_rgb", {1, 3, 20, 28}, {16, 3, 3, 3}, {.padding = 1}},
    {"mfnet dilated", {1, 24, 8, 12}, {24, 24, 3, 3}, {.padding = 2, .dilation = 2}},
    {"mfnet decode1", {2, 32, 16, 20}, {9, 32, 3, 3}, {.padding = 1}},
    {"1x1", {2, 40, 7, 9}, {24, 40, 1, 1}, {}},
    {"1x1 stride 2", {2, 32, 8, 10}, {48, 32, 1, 1}, {.stride = 2}},
    {"odd channels", {1, 18, 6, 10}, {33, 18, 3, 3}, {.padding = 1}},
    // bf16 weight gradients at these widths were wrong in an older library.
    {"width 320", {1, 16, 4, 320}, {16, 16, 3, 3}, {.padding = 1}},
    {"width 512", {1, 16, 3, 512}, {16, 16, 3, 3}, {.padding = 1}},
    {"width 640", {1, 16, 3, 640}, {16, 16, 3, 3}, {.padding = 1}},
    {"width 704", {1, 16, 3, 704}, {16, 16, 3, 3}, {.padding = 1}},
    {"rtfnet layer1 3x3", {1, 64, 24, 32}, {64, 64, 3, 3}, {.padding = 1}, CaseSize::large},
    {"rtfnet layer3 3x3", {1, 256, 15, 20}, {256, 256, 3, 3}, {.padding = 1}, CaseSize::large},
    {"rtfnet deepest 1x1", {1, 512, 8, 10}, {512, 512, 1, 1}, {}, CaseSize::large},
};

}  // namespace test
