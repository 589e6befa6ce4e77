// SPDX-License-Identifier: Apache-2.0
// The features that matter for a mean squared error: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"
#include "tests/cases/case_size.h"

namespace test {

struct MeanSquaredErrorCase {
  std::string name;
  kernels::Shape x;
  CaseSize size = CaseSize::small;
};

inline const std::vector<MeanSquaredErrorCase> mean_squared_error_cases = {
    {"one number", {1, 1, 1, 1}},
    {"a remainder of every vector", {1, 13, 3, 5}},
    {"rank 2", {7, 19}},
    {"several chunks", {2, 24, 30, 41}},
    {"cekd hint, 240x320, two images", {2, 256, 60, 80}, CaseSize::large},
};

}  // namespace test
