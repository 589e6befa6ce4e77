// SPDX-License-Identifier: Apache-2.0
// The average poolings that matter: the windows of maximum pooling, with padding counted and left out.
#pragma once

#include "kernels/average_pool2d.h"
#include "tests/cases/max_pool2d_cases.h"

namespace test {

struct AveragePool2dCase {
  std::string name;
  kernels::Shape x;
  kernels::AveragePool2dOptions options;
  CaseSize size = CaseSize::small;
};

inline std::vector<AveragePool2dCase> all_average_pool2d_cases() {
  std::vector<AveragePool2dCase> cases;
  for (const Pool2dCase& c : pool2d_cases) {
    cases.push_back({c.name, c.x, {c.options, kernels::PaddedPlaces::counted}, c.size});
    if (c.options.padding != kernels::Size2(0))
      cases.push_back({c.name + ", padding left out", c.x, {c.options, kernels::PaddedPlaces::left_out}, c.size});
  }
  return cases;
}

inline const std::vector<AveragePool2dCase> average_pool2d_cases = all_average_pool2d_cases();

}  // namespace test
