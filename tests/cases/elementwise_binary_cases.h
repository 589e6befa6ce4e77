// SPDX-License-Identifier: Apache-2.0
// Pairs of shapes that broadcast: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/elementwise_binary.h"
#include "tests/cases/case_size.h"

namespace test {

struct ElementwiseBinaryCase {
  std::string name;
  kernels::Shape a, b;
  CaseSize size = CaseSize::small;
};

inline const std::vector<ElementwiseBinaryCase> elementwise_binary_cases = {
    {"one element", {1}, {1}},
    {"equal", {2, 5, 9, 13}, {2, 5, 9, 13}},
    {"equal, one block and one", {33}, {33}},
    {"a number on the right", {2, 3, 7, 11}, {1, 1, 1, 1}},
    {"a number on the left", {1, 1, 1, 1}, {1, 3, 7, 11}},
    {"per channel, few", {2, 9, 8, 10}, {1, 9, 1, 1}},
    {"per channel on the left", {1, 16, 1, 1}, {2, 16, 9, 7}},
    {"per channel, many", {1, 132, 5, 6}, {1, 132, 1, 1}},
    {"per image and channel", {3, 8, 5, 6}, {3, 8, 1, 1}},
    {"per pixel", {2, 8, 5, 6}, {2, 1, 5, 6}},
    {"per pixel, the same for all images", {3, 5, 4, 6}, {1, 1, 4, 6}},
    {"per image", {3, 4, 5, 6}, {3, 1, 1, 1}},
    {"both broadcast", {2, 1, 6, 1}, {1, 7, 1, 5}},
    {"column and row", {7, 1}, {1, 5}},
    {"rank 5", {2, 3, 1, 5, 4}, {1, 3, 6, 1, 4}},
    {"several threads", {2, 24, 41, 37}, {2, 24, 41, 37}},
    {"several threads per channel", {2, 20, 50, 37}, {1, 20, 1, 1}},
    {"several threads per pixel", {2, 20, 50, 37}, {2, 1, 50, 37}},
    {"one long row of one value", {1, 1, 1, 40000}, {1, 1, 1, 1}},
    {"equal, full size", {4, 16, 480, 640}, {4, 16, 480, 640}, CaseSize::large},
    {"per channel, full size", {4, 16, 480, 640}, {1, 16, 1, 1}, CaseSize::large},
    {"per pixel, full size", {4, 9, 480, 640}, {4, 1, 480, 640}, CaseSize::large},
    {"a number, full size", {4, 16, 480, 640}, {1, 1, 1, 1}, CaseSize::large},
};

}  // namespace test
