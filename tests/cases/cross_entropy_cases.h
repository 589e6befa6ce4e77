// SPDX-License-Identifier: Apache-2.0
// The label maps and options that matter for cross entropy: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/cross_entropy.h"
#include "tests/cases/case_size.h"

namespace test {

enum class ClassWeights { absent, given };

struct CrossEntropyCase {
  std::string name;
  kernels::Shape logits;
  kernels::CrossEntropyOptions options;
  ClassWeights weights = ClassWeights::absent;
  kernels::DType labels = kernels::DType::u8;
  CaseSize size = CaseSize::small;
};

inline const std::vector<CrossEntropyCase> cross_entropy_cases = {
    {"one pixel", {1, 3, 1, 1}, {}},
    {"one class", {1, 1, 2, 3}, {}},
    {"nine classes", {2, 9, 13, 17}, {}},
    {"a block and one pixel", {1, 9, 5, 13}, {.ignored_label = 255}},
    {"ignored and weighted", {2, 9, 11, 15}, {.ignored_label = 255}, ClassWeights::given},
    {"summed, i32 labels", {1, 20, 7, 9}, {.reduction = kernels::LossReduction::sum}, {}, kernels::DType::i32},
    {"not reduced, i64 labels",
     {2, 5, 9, 7},
     {.ignored_label = -100, .reduction = kernels::LossReduction::none},
     ClassWeights::given,
     kernels::DType::i64},
    {"a class is ignored", {1, 4, 6, 10}, {.ignored_label = 0}},
    {"several chunks", {3, 9, 60, 41}, {.ignored_label = 255}, ClassWeights::given},
    {"more pixels than blocks take at once", {1, 2, 370, 361}, {}},
    {"a hundred classes", {1, 100, 9, 8}, {}},
    {"mfnet, four images", {4, 9, 480, 640}, {}, {}, kernels::DType::i64, CaseSize::large},
    {"mfnet, weighted and ignored",
     {4, 9, 480, 640},
     {.ignored_label = 255},
     ClassWeights::given,
     kernels::DType::u8,
     CaseSize::large},
};

}  // namespace test
