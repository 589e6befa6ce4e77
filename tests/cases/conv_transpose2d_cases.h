// SPDX-License-Identifier: Apache-2.0
// The transposed convolutions that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/conv_transpose2d.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct ConvTranspose2dCase {
  std::string name;
  kernels::Shape x, weight;
  kernels::ConvTranspose2dOptions options;
  CaseSize size = CaseSize::small;
};

inline const std::vector<ConvTranspose2dCase> conv_transpose2d_cases = {
    {"one pixel", {1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {"one pixel to four", {1, 1, 1, 1}, {1, 1, 2, 2}, {.stride = 2}},
    {"2x2 stride 2", {2, 32, 5, 7}, {32, 16, 2, 2}, {.stride = 2}},
    {"2x2 stride 2, odd channels", {2, 19, 3, 7}, {19, 9, 2, 2}, {.stride = 2}},
    {"2x2 stride 2, one output channel", {3, 5, 4, 6}, {5, 1, 2, 2}, {.stride = 2}},
    {"3x3 stride 2 with output padding",
     {2, 16, 5, 6},
     {16, 8, 3, 3},
     {.stride = 2, .padding = 1, .output_padding = 1}},
    {"4x4 stride 2", {1, 12, 6, 5}, {12, 7, 4, 4}, {.stride = 2, .padding = 1}},
    {"nothing square",
     {2, 6, 5, 4},
     {6, 5, 3, 2},
     {.stride = {2, 3}, .padding = {1, 0}, .output_padding = {0, 2}, .dilation = {1, 2}}},
    {"grouped", {1, 8, 4, 5}, {8, 3, 3, 2}, {.stride = {2, 1}, .padding = {1, 0}, .groups = 2}},
    {"stride 1", {1, 10, 6, 9}, {10, 14, 3, 3}, {.padding = 1}},
    // The decoder of RTFNet at 480x640, two images.
    {"rtfnet deconv1", {2, 512, 15, 20}, {512, 512, 2, 2}, {.stride = 2}, CaseSize::large},
    {"rtfnet deconv2", {2, 256, 30, 40}, {256, 128, 2, 2}, {.stride = 2}, CaseSize::large},
    {"rtfnet deconv4", {2, 64, 120, 160}, {64, 32, 2, 2}, {.stride = 2}, CaseSize::large},
    {"rtfnet deconv5", {2, 32, 240, 320}, {32, 9, 2, 2}, {.stride = 2}, CaseSize::large},
};

}  // namespace test
