// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pixel_difference.h"

#include "engine/ops/conv2d.h"
#include "tests/cases/pixel_difference_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("pixel differences: gradients equal finite differences, alone and in a convolution", "[sanitize]") {
  for (const PixelDifferenceCase& c : pixel_difference_cases) {
    if (c.weight.elements() > 1000) continue;
    for (const auto& [kind, name] : pixel_differences) {
      INFO(c.name << ", " << name);
      check_gradients([kind = kind](const auto& in) { return engine::pixel_difference(in[0], kind); }, {c.weight});
    }
  }
  check_gradients(
      [](const auto& in) {
        return engine::conv2d(in[0], engine::pixel_difference(in[1], engine::PixelDifference::radial), {},
                              {.padding = 4, .dilation = 2, .groups = 2});
      },
      {{2, 6, 7, 5}, {4, 3, 3, 3}});
}

TEST_CASE("pixel differences refuse a kernel that is not 3x3", "[sanitize]") {
  const Tensor weight = engine::zeros({4, 3, 5, 3}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(engine::pixel_difference(weight, engine::PixelDifference::central),
                    Contains("[o, i, 3, 3], got [4, 3, 5, 3]"));
}
