// SPDX-License-Identifier: Apache-2.0
// Shared by correctness, gradient and speed of pixel differences.
#pragma once

#include <string>
#include <vector>

#include "kernels/pixel_difference.h"
#include "tests/cases/case_size.h"

namespace test {

struct PixelDifferenceCase {
  std::string name;
  kernels::Shape weight;
  CaseSize size = CaseSize::small;
};

inline const std::vector<PixelDifferenceCase> pixel_difference_cases = {
    {"one weight", {1, 1, 3, 3}},
    {"depthwise", {20, 1, 3, 3}},
    {"two groups", {4, 3, 3, 3}},
    {"several threads", {65, 17, 3, 3}},
    {"wide", {256, 256, 3, 3}, CaseSize::large},
};

inline const std::vector<std::pair<kernels::PixelDifference, std::string>> pixel_differences = {
    {kernels::PixelDifference::central, "central"},
    {kernels::PixelDifference::angular, "angular"},
    {kernels::PixelDifference::radial, "radial"}};

}  // namespace test
