// SPDX-License-Identifier: Apache-2.0
// Sums over axes: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/reduce.h"
#include "tests/cases/case_size.h"

namespace test {

struct ReduceCase {
  std::string name;
  kernels::Shape x, y;
  CaseSize size = CaseSize::small;
};

inline const std::vector<ReduceCase> reduce_cases = {
    {"one number", {1}, {1}},
    {"nothing is summed", {2, 3, 5, 4}, {2, 3, 5, 4}},
    {"everything", {2, 9, 13, 17}, {1, 1, 1, 1}},
    {"everything, several chunks", {3, 24, 41, 37}, {1, 1, 1, 1}},
    {"per channel", {2, 9, 13, 17}, {1, 9, 1, 1}},
    {"per channel, several chunks", {3, 24, 41, 37}, {1, 24, 1, 1}},
    {"per channel, many", {2, 132, 13, 7}, {1, 132, 1, 1}},
    {"per image and channel", {3, 8, 21, 33}, {3, 8, 1, 1}},
    {"per pixel", {2, 9, 13, 17}, {2, 1, 13, 17}},
    {"per pixel, many channels", {1, 5000, 3, 2}, {1, 1, 3, 2}},
    {"per image", {3, 4, 5, 7}, {3, 1, 1, 1}},
    {"over images", {5, 8, 33, 19}, {1, 8, 33, 19}},
    {"over images, few numbers", {5, 2, 3, 4}, {1, 2, 3, 4}},
    {"over rows", {2, 3, 11, 6}, {2, 3, 1, 6}},
    {"kept and summed in turn", {3, 4, 5, 6}, {1, 4, 5, 1}},
    {"rows of a matrix", {37, 21}, {37, 1}},
    {"columns of a matrix", {37, 21}, {1, 21}},
    {"rank 5", {2, 3, 4, 5, 6}, {1, 3, 1, 5, 1}},
    {"bias of 16 channels", {4, 16, 480, 640}, {1, 16, 1, 1}, CaseSize::large},
    {"everything, four images", {4, 9, 480, 640}, {1, 1, 1, 1}, CaseSize::large},
    {"per image and channel, large", {4, 64, 120, 160}, {4, 64, 1, 1}, CaseSize::large},
    {"per pixel, four images", {4, 9, 480, 640}, {4, 1, 480, 640}, CaseSize::large},
};

}  // namespace test
