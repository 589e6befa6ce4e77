// SPDX-License-Identifier: Apache-2.0
// Shared by correctness, gradient and speed of power.
#pragma once

#include <string>
#include <vector>

#include "kernels/power.h"
#include "tests/cases/case_size.h"

namespace test {

struct PowerCase {
  std::string name;
  kernels::Shape x;
  double shift = 2;
  CaseSize size = CaseSize::small;
};

inline const std::vector<PowerCase> power_cases = {
    {"one pixel", {1, 1, 1, 1}},
    {"two images", {2, 1, 7, 13}},
    {"several channels", {3, 5, 4, 6}, 1.5},
    {"vectors", {4, 37}, 0.75},
    {"several stretches", {2, 1, 149, 151}},
    {"half size, two images", {2, 1, 240, 320}, 2, CaseSize::large},
};

}  // namespace test
