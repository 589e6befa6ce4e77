// SPDX-License-Identifier: Apache-2.0
// The matrix products that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/matmul.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct MatmulCase {
  std::string name;
  kernels::Shape a, b;
  kernels::MatmulOptions options;
  CaseSize size = CaseSize::small;
};

inline constexpr auto transposed = kernels::Transpose::yes;

inline const std::vector<MatmulCase> matmul_cases = {
    {"one number", {1, 1}, {1, 1}, {}},
    {"plain", {5, 7}, {7, 3}, {}},
    {"a transposed", {7, 5}, {7, 3}, {.a = transposed}},
    {"b transposed", {5, 7}, {3, 7}, {.b = transposed}},
    {"both transposed", {7, 5}, {3, 7}, {.a = transposed, .b = transposed}},
    {"one row", {1, 65}, {65, 33}, {}},
    {"one column", {66, 35}, {35, 1}, {}},
    {"inner extent of one", {17, 1}, {1, 19}, {}},
    {"batch", {3, 5, 7}, {3, 7, 4}, {}},
    {"batch, a transposed", {2, 17, 5}, {2, 17, 9}, {.a = transposed}},
    {"batch, b transposed", {2, 9, 16}, {2, 21, 16}, {.b = transposed}},
    {"squeeze and excite", {2, 64}, {16, 64}, {.b = transposed}},
    {"attention scores", {2, 1200, 64}, {2, 1200, 64}, {.b = transposed}, CaseSize::large},
    {"classifier", {32, 2048}, {1000, 2048}, {.b = transposed}, CaseSize::large},
};

}  // namespace test
