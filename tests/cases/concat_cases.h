// SPDX-License-Identifier: Apache-2.0
// The concatenations that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct ConcatCase {
  std::string name;
  std::vector<kernels::Shape> parts;
  int axis;
  CaseSize size = CaseSize::small;
};

inline const std::vector<ConcatCase> concat_cases = {
    {"one tensor of one element", {{1}}, 0},
    {"vectors", {{3}, {1}, {7}}, 0},
    {"rows of matrices", {{2, 5}, {3, 5}}, 0},
    {"columns of matrices", {{4, 3}, {4, 2}, {4, 1}}, 1},
    {"images", {{1, 5, 3, 4}, {2, 5, 3, 4}}, 0},
    {"channels", {{2, 16, 5, 7}, {2, 48, 5, 7}}, 1},
    {"odd channels", {{2, 3, 4, 5}, {2, 1, 4, 5}, {2, 9, 4, 5}}, 1},
    {"rows of images", {{2, 3, 4, 5}, {2, 3, 1, 5}}, 2},
    {"columns of images", {{2, 3, 4, 2}, {2, 3, 4, 5}}, 3},
    {"forty columns", std::vector<kernels::Shape>(40, {3, 2}), 1},
    {"rank 5", {{2, 3, 2, 1, 4}, {2, 3, 5, 1, 4}}, 2},
    {"mfnet encoders at half size", {{2, 48, 240, 320}, {2, 16, 240, 320}}, 1, CaseSize::large},
    {"rgb and thermal", {{2, 3, 480, 640}, {2, 1, 480, 640}}, 1, CaseSize::large},
};

}  // namespace test
