// SPDX-License-Identifier: Apache-2.0
// Shared by correctness, gradient and speed of attention.
#pragma once

#include <string>
#include <vector>

#include "kernels/attention.h"
#include "tests/cases/case_size.h"

namespace test {

struct AttentionCase {
  std::string name;
  std::int64_t images, heads, channels;  // Channels of one head.
  kernels::Size2 map;
  CaseSize size = CaseSize::small;

  kernels::AttentionOptions options() const { return {static_cast<int>(heads)}; }
  kernels::Shape qkv() const { return {images, 3 * heads * channels, map.h, map.w}; }
  kernels::Shape y() const { return {images, heads * channels, map.h, map.w}; }
  kernels::Shape height() const { return {map.h, channels}; }
  kernels::Shape width() const { return {map.w, channels}; }
  kernels::Shape log_sums() const { return {images, heads, std::int64_t{map.h} * map.w}; }
};

inline const std::vector<AttentionCase> attention_cases = {
    {"one position", 1, 1, 1, {1, 1}},
    {"one head", 2, 1, 5, {2, 3}},
    {"heads of eight channels", 2, 4, 8, {6, 8}},
    {"odd everything", 3, 3, 7, {5, 9}},
    {"more positions than a warp", 1, 2, 16, {7, 11}},
    {"several threads", 2, 2, 33, {9, 11}},
    {"cenet, 240x320", 2, 4, 512, {15, 20}, CaseSize::large},
};

}  // namespace test
