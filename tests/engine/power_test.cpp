// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/power.h"

#include "engine/ops/elementwise_unary.h"
#include "tests/cases/power_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("power: gradients equal finite differences in base and exponent", "[sanitize]") {
  for (const PowerCase& c : power_cases) {
    if (c.x.elements() > 1000) continue;
    INFO(c.name);
    // Bases in [0.3, 1.5].
    check_gradients([&](const auto& in) { return power(engine::affine(in[0], 0.6, 0.9), in[1], {c.shift}); },
                    {c.x, {c.x[0], 1}});
  }
}

TEST_CASE("power refuses another number of exponents than images", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 1, 3, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(power(x, engine::zeros({3, 1}, DType::f32, queue)),
                    Contains("one exponent per image of x [2, 1, 3, 5], got [3, 1]"));
}
