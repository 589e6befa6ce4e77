// SPDX-License-Identifier: Apache-2.0
// The features that matter for pair-wise similarity: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"
#include "tests/cases/case_size.h"

namespace test {

struct PairwiseSimilarityCase {
  std::string name;
  kernels::Shape student;
  std::int64_t teacher_channels;
  CaseSize size = CaseSize::small;

  kernels::Shape teacher() const { return {student.n(), teacher_channels, student.h(), student.w()}; }
  std::int64_t pixels() const { return student.h() * student.w(); }
};

inline const std::vector<PairwiseSimilarityCase> pairwise_similarity_cases = {
    {"two pixels", {1, 2, 1, 2}, 3},
    {"another number of teacher channels", {2, 12, 3, 5}, 7},
    {"remainders everywhere", {3, 13, 5, 7}, 13},
    {"more pixels than channels", {1, 8, 9, 11}, 8},
    {"cekd f5, 240x320, two images", {2, 2048, 8, 10}, 2048, CaseSize::large},
};

}  // namespace test
