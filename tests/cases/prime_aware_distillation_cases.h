// SPDX-License-Identifier: Apache-2.0
// The features that matter for prime-aware distillation: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"
#include "tests/cases/case_size.h"

namespace test {

struct PrimeAwareDistillationCase {
  std::string name;
  kernels::Shape feature;
  CaseSize size = CaseSize::small;
};

inline const std::vector<PrimeAwareDistillationCase> prime_aware_distillation_cases = {
    {"one number", {1, 1, 1, 1}},
    {"a remainder of every vector", {1, 13, 3, 5}},
    {"several chunks", {2, 32, 20, 31}},
    {"cekd f5, 240x320, two images", {2, 2048, 8, 10}, CaseSize::large},
};

}  // namespace test
