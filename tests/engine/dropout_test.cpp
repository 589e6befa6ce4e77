// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/dropout.h"

#include "tests/cases/dropout_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("dropout: gradients equal finite differences", "[sanitize]") {
  for (const DropoutCase& c : dropout_cases) {
    if (c.size != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return dropout(in[0], c.options, {5, 2}); }, {c.x}, {.samples = 50});
  }
}

TEST_CASE("dropout lets the gradient through where the value went through", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  Tensor x = engine::full({2, 3, 5, 7}, 1, DType::f32, queue);
  x.set_requires_grad(true);
  const Tensor y = dropout(x, {.probability = 0.4}, {1, 3});
  backward_from(y, engine::full(x.shape(), 1, DType::f32, queue));
  CHECK(engine::download(x.grad()) == engine::download(y));
}

TEST_CASE("dropout refuses a probability outside of 0 to 1, and channels of a matrix", "[sanitize]") {
  const Tensor x = engine::zeros({3, 5}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(dropout(x, {.probability = 1.5}, {}), Contains("probability must be in [0, 1], got 1.5"));
  CHECK_THROWS_WITH(dropout(x, {.probability = -0.1}, {}), Contains("got -0.1"));
  CHECK_THROWS_WITH(dropout(x, {.unit = whole_channels}, {}), Contains("x must have 4 dimensions"));
}
