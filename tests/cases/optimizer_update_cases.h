// SPDX-License-Identifier: Apache-2.0
// Lists of parameters that an optimizer, clipping or an average goes through together, shared by correctness and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/shape.h"

namespace test {

struct OptimizerUpdateCase {
  std::string name;
  std::vector<kernels::Shape> parameters;
  enum class Size { small, large } size = Size::small;
};

inline std::vector<kernels::Shape> many(int count, const kernels::Shape& shape) {
  return std::vector<kernels::Shape>(static_cast<std::size_t>(count), shape);
}

inline const std::vector<OptimizerUpdateCase> optimizer_update_cases = {
    {"one number", {{1}}},
    {"a weight and its bias", {{24, 6, 3, 5}, {24}}},
    {"remainders of every length", {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {15}, {16}, {17}, {31}, {33}}},
    {"dozens of small ones", many(61, {33})},
    {"threads meet within a parameter", {{5}, {3, 41001}, {7}}},
    {"threads meet between parameters", {{32768}, {32768}}},
    {"rtfnet-18 sized", many(50, {512, 64, 3, 9}), OptimizerUpdateCase::Size::large},
};

// The small ones, and an empty list, which clipping and averages must bear too.
inline std::vector<OptimizerUpdateCase> small_parameter_lists() {
  std::vector<OptimizerUpdateCase> cases{{"nothing at all", {}}};
  for (const OptimizerUpdateCase& c : optimizer_update_cases)
    if (c.size == OptimizerUpdateCase::Size::small) cases.push_back(c);
  return cases;
}

// More than fit into one launch on a GPU.
inline const OptimizerUpdateCase thousands_of_parameters{"thousands of small ones", many(2003, {3})};

}  // namespace test
