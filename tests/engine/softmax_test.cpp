// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/softmax.h"

#include "tests/cases/softmax_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("softmax: gradients equal finite differences along every axis", "[sanitize]") {
  for (const SoftmaxCase& c : softmax_cases) {
    if (c.x.elements() > 1000) continue;
    INFO(c.name);
    const GradientCheck options{.low = -3, .high = 3, .samples = 60};
    check_gradients([&](const auto& in) { return softmax(in[0], c.axis); }, {c.x}, options);
    check_gradients([&](const auto& in) { return log_softmax(in[0], c.axis); }, {c.x}, options);
  }
}

TEST_CASE("softmax refuses an axis that does not exist", "[sanitize]") {
  const Tensor x = engine::zeros({2, 3}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(softmax(x, 2), Contains("axis 2 does not exist in a tensor of shape [2, 3]"));
}
