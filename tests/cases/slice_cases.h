// SPDX-License-Identifier: Apache-2.0
// The slices that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/slice.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct SliceCase {
  std::string name;
  kernels::Shape x;
  kernels::SliceOptions options;
  CaseSize size = CaseSize::small;
};

inline const std::vector<SliceCase> slice_cases = {
    {"one element", {1}, {.axis = 0, .begin = 0, .end = 1}},
    {"of a vector", {9}, {.axis = 0, .begin = 2, .end = 7}},
    {"columns of a matrix", {4, 7}, {.axis = 1, .begin = 5, .end = 7}},
    {"images", {4, 3, 2, 5}, {.axis = 0, .begin = 1, .end = 3}},
    {"thermal channel", {2, 4, 6, 7}, {.axis = 1, .begin = 3, .end = 4}},
    {"first channels", {2, 24, 5, 3}, {.axis = 1, .begin = 0, .end = 16}},
    {"rows", {2, 3, 7, 4}, {.axis = 2, .begin = 1, .end = 6}},
    {"columns", {2, 3, 4, 7}, {.axis = 3, .begin = 2, .end = 3}},
    {"all of it", {2, 3, 4, 5}, {.axis = 1, .begin = 0, .end = 3}},
    {"rgb of rgb and thermal", {2, 4, 480, 640}, {.axis = 1, .begin = 0, .end = 3}, CaseSize::large},
};

}  // namespace test
