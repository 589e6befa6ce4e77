// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/prelu.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("prelu: gradients equal finite differences", "[sanitize]") {
  check_gradients([](const auto& in) { return prelu(in[0], in[1]); }, {{2, 5, 4, 3}, {5}});
  check_gradients([](const auto& in) { return prelu(in[0], in[1]); }, {{2, 5, 4, 3}, {1}});
}

TEST_CASE("prelu refuses a weight that is neither one number nor one per channel", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 5, 4, 3}, DType::f32, queue);
  CHECK_THROWS_WITH(prelu(x, engine::zeros({4}, DType::f32, queue)), Contains("weight must have shape [5], got [4]"));
  CHECK_THROWS_WITH(prelu(x, engine::zeros({5}, DType::bf16, queue)), Contains("weight must be f32, got bf16"));
}
