// SPDX-License-Identifier: Apache-2.0
// The poolings that matter: shared by correctness, gradient and speed, of maximum and average.
#pragma once

#include <string>
#include <vector>

#include "kernels/pool2d.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct Pool2dCase {
  std::string name;
  kernels::Shape x;
  kernels::Pool2dOptions options;
  CaseSize size = CaseSize::small;
};

inline const std::vector<Pool2dCase> pool2d_cases = {
    {"one pixel", {1, 1, 1, 1}, {.kernel = 1, .stride = 1}},
    {"one window", {1, 1, 2, 2}, {}},
    {"2x2", {2, 16, 6, 10}, {}},
    {"2x2 with a row and a column left over", {2, 19, 7, 11}, {}},
    {"2x2, one channel", {3, 1, 8, 6}, {}},
    {"2x2, more channels than a block", {1, 70, 4, 6}, {}},
    {"resnet stem", {2, 64, 12, 18}, {.kernel = 3, .stride = 2, .padding = 1}},
    {"3x3 stride 2 on odd sizes", {1, 33, 9, 13}, {.kernel = 3, .stride = 2, .padding = 1}},
    {"3x3 stride 1", {1, 67, 7, 5}, {.kernel = 3, .stride = 1, .padding = 1}},
    {"nothing square", {2, 5, 11, 9}, {.kernel = {4, 3}, .stride = {3, 2}, .padding = {2, 0}}},
    {"gaps between windows", {1, 7, 12, 14}, {.kernel = {2, 1}, .stride = {4, 3}}},
    {"vgg at 480x640", {1, 64, 480, 640}, {}, CaseSize::large},
    {"mfnet pool1", {2, 16, 480, 640}, {}, CaseSize::large},
    {"resnet stem at 480x640", {2, 64, 240, 320}, {.kernel = 3, .stride = 2, .padding = 1}, CaseSize::large},
};

}  // namespace test
