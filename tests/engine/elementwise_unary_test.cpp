// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/elementwise_unary.h"

#include "tests/cases/elementwise_unary_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("elementwise_unary: gradients equal finite differences", "[sanitize]") {
  for (const ElementwiseUnaryCase& c : elementwise_unary_cases) {
    INFO(c.name);
    check_gradients([&](const auto& in) { return elementwise_unary(c.function, in[0]); }, {{2, 3, 5, 7}},
                    {.low = c.low, .high = c.high});
  }
}

TEST_CASE("relu keeps its result for the gradient, not its argument", "[sanitize]") {
  Tensor x = random_tensor(queue_of(DeviceKind::cpu), {2, 3}, DType::f32, 1);
  x.set_requires_grad(true);
  const Tensor h = affine(x, 2, 0);
  const Tensor y = relu(h);
  h.mutable_view().as<float>()[0] = 5;  // Nothing that the gradient needs.
  CHECK_NOTHROW(backward_from(y, engine::full({2, 3}, 1.0, DType::f32, x.shared_queue())));
}

TEST_CASE("elementwise_unary refuses integers, and clamp an empty range", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  CHECK_THROWS_WITH(sigmoid(engine::zeros({3}, DType::u8, queue)), Contains("sigmoid") && Contains("got u8"));
  CHECK_THROWS_WITH(clamp(engine::zeros({3}, DType::f32, queue), 2, 1), Contains("expected low <= high, got 2 and 1"));
}
