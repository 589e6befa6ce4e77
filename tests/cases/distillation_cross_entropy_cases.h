// SPDX-License-Identifier: Apache-2.0
// The logits and temperatures that matter for distillation: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/distillation_cross_entropy.h"
#include "tests/cases/case_size.h"

namespace test {

struct DistillationCrossEntropyCase {
  std::string name;
  kernels::Shape logits;
  kernels::DistillationCrossEntropyOptions options;
  CaseSize size = CaseSize::small;
};

inline const std::vector<DistillationCrossEntropyCase> distillation_cross_entropy_cases = {
    {"one pixel", {1, 3, 1, 1}, {}},
    {"one class", {1, 1, 2, 3}, {}},
    {"a block and one pixel", {1, 9, 5, 13}, {.temperature = 6}},
    {"nine classes, several chunks", {2, 9, 60, 41}, {.temperature = 6}},
    {"an even number of classes", {1, 20, 7, 9}, {.temperature = 34}},
    {"a hundred classes", {1, 100, 9, 8}, {.temperature = 0.5}},
    {"cekd, two images", {2, 9, 240, 320}, {.temperature = 6}, CaseSize::large},
};

}  // namespace test
