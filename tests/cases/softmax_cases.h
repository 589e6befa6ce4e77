// SPDX-License-Identifier: Apache-2.0
// Shapes and axes for ops along one axis (softmax, argmax): shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/softmax.h"
#include "tests/cases/case_size.h"

namespace test {

struct SoftmaxCase {
  std::string name;
  kernels::Shape x;
  int axis;
  CaseSize size = CaseSize::small;
};

inline const std::vector<SoftmaxCase> softmax_cases = {
    {"one number", {1}, 0},
    {"nine channels", {2, 9, 13, 17}, 1},
    {"one channel", {2, 1, 3, 5}, 1},
    {"many channels", {1, 150, 7, 11}, 1},
    {"rows", {2, 5, 7, 9}, 2},
    {"columns", {2, 5, 7, 9}, 3},
    {"images", {3, 5, 4, 6}, 0},
    {"last of two", {37, 21}, 1},
    {"first of two", {21, 137}, 0},
    {"middle of three", {3, 10, 70}, 1},
    {"several threads", {2, 9, 61, 83}, 1},
    {"mfnet, four images", {4, 9, 480, 640}, 1, CaseSize::large},
};

}  // namespace test
