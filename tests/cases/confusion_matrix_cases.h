// SPDX-License-Identifier: Apache-2.0
// Logits and labels for confusion matrices: shared by correctness and speed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/confusion_matrix.h"
#include "tests/cases/case_size.h"

namespace test {

struct ConfusionMatrixCase {
  std::string name;
  kernels::Shape logits, labels;
  int matrices = 1;
  std::optional<int> ignored = {};
  CaseSize size = CaseSize::small;
};

inline const std::vector<ConfusionMatrixCase> confusion_matrix_cases = {
    {"one pixel, one class", {1, 1, 1, 1}, {1, 1, 1}},
    {"nine classes", {3, 9, 13, 17}, {3, 13, 17}, 2},
    {"of padded images", {2, 9, 16, 32}, {2, 11, 21}, 2, 255},
    {"an ignored class", {2, 9, 7, 33}, {2, 7, 33}, 1, 0},
    {"rows longer than a block", {1, 5, 3, 150}, {1, 3, 149}, 1, 3},
    {"as many classes as fit a table", {2, 32, 5, 9}, {2, 5, 9}, 3},
    {"more classes than fit a table", {2, 47, 5, 9}, {2, 5, 8}, 2},
    {"classes shared by a warp", {2, 150, 5, 7}, {2, 5, 7}, 2, 149},
    {"several blocks", {2, 9, 61, 83}, {2, 61, 83}, 2},
    {"mfnet", {1, 9, 480, 640}, {1, 480, 640}, 3, 255, CaseSize::large},
};

}  // namespace test
