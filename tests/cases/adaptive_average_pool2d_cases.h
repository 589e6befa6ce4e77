// SPDX-License-Identifier: Apache-2.0
// The divisions of an image that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct AdaptiveAveragePool2dCase {
  std::string name;
  kernels::Shape x;
  kernels::Size2 size;
  CaseSize size_class = CaseSize::small;
};

inline const std::vector<AdaptiveAveragePool2dCase> adaptive_average_pool2d_cases = {
    {"one pixel", {1, 1, 1, 1}, {1, 1}},
    {"whole image", {2, 24, 9, 13}, {1, 1}},
    {"whole image, many rows", {1, 3, 37, 5}, {1, 1}},
    {"sizes divide", {2, 16, 6, 10}, {3, 5}},
    {"windows overlap", {2, 5, 7, 11}, {3, 4}},
    {"pyramid of six", {1, 33, 15, 20}, {6, 6}},
    {"as large as the image", {1, 4, 5, 3}, {5, 3}},
    {"larger than the image", {1, 4, 3, 2}, {7, 5}},
    {"attention at 480x640", {2, 64, 120, 160}, {1, 1}, CaseSize::large},
};

}  // namespace test
