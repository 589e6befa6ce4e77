// SPDX-License-Identifier: Apache-2.0
// Conversions that matter: shared by correctness and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/cast.h"
#include "tests/cases/case_size.h"

namespace test {

struct CastCase {
  std::string name;
  kernels::Shape shape;
  kernels::DType from, to;
  CaseSize size = CaseSize::small;
};

inline const std::vector<CastCase> cast_cases = {
    {"one element", {1}, kernels::DType::f32, kernels::DType::bf16},
    {"f32 to bf16", {2, 9, 11, 13}, kernels::DType::f32, kernels::DType::bf16},
    {"bf16 to f32", {2, 9, 11, 13}, kernels::DType::bf16, kernels::DType::f32},
    {"f32 to f32", {3, 7}, kernels::DType::f32, kernels::DType::f32},
    {"u8 to f32", {1, 3, 20, 31}, kernels::DType::u8, kernels::DType::f32},
    {"u8 to bf16", {1, 3, 20, 31}, kernels::DType::u8, kernels::DType::bf16},
    {"u8 to i64", {5, 13}, kernels::DType::u8, kernels::DType::i64},
    {"i64 to i32", {5, 13}, kernels::DType::i64, kernels::DType::i32},
    {"f32 to u8", {5, 13}, kernels::DType::f32, kernels::DType::u8},
    {"f32 to i64", {5, 13}, kernels::DType::f32, kernels::DType::i64},
    {"f64 to f32", {5, 13}, kernels::DType::f64, kernels::DType::f32},
    {"f64 to f64", {5, 13}, kernels::DType::f64, kernels::DType::f64},
    {"several threads", {2, 24, 51, 37}, kernels::DType::f32, kernels::DType::bf16},
    {"f32 to bf16, full size", {4, 16, 480, 640}, kernels::DType::f32, kernels::DType::bf16, CaseSize::large},
    {"bf16 to f32, full size", {4, 16, 480, 640}, kernels::DType::bf16, kernels::DType::f32, CaseSize::large},
    {"u8 to f32, full size", {4, 4, 480, 640}, kernels::DType::u8, kernels::DType::f32, CaseSize::large},
};

}  // namespace test
