// SPDX-License-Identifier: Apache-2.0
// Shared by correctness, gradient and speed of PReLU.
#pragma once

#include <string>
#include <vector>

#include "kernels/prelu.h"
#include "tests/cases/case_size.h"

namespace test {

struct PreluCase {
  std::string name;
  kernels::Shape x, weight;
  CaseSize size = CaseSize::small;
};

inline const std::vector<PreluCase> prelu_cases = {
    {"one pixel", {1, 1, 1, 1}, {1}},
    {"per channel", {2, 9, 13, 7}, {9}},
    {"one weight", {2, 9, 13, 7}, {1}},
    {"many channels", {1, 132, 5, 6}, {132}},
    {"several chunks", {2, 24, 41, 37}, {24}},
    {"several chunks, one weight", {2, 24, 41, 37}, {1}},
    {"64 channels, quarter size", {2, 64, 120, 160}, {64}, CaseSize::large},
};

}  // namespace test
