// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/linear.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("linear: gradients equal finite differences", "[sanitize]") {
  check_gradients([](const auto& in) { return linear(in[0], in[1], in[2]); }, {{3, 5}, {4, 5}, {4}});
  check_gradients([](const auto& in) { return linear(in[0], in[1], {}); }, {{1, 6}, {3, 6}});
}

TEST_CASE("linear keeps the type of its input and gives its weight an f32 gradient", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = random_tensor(queue, {3, 5}, DType::bf16, 1);
  Tensor weight = random_tensor(queue, {4, 5}, DType::f32, 2), bias = random_tensor(queue, {4}, DType::f32, 3);
  weight.set_requires_grad(true);
  bias.set_requires_grad(true);
  const Tensor y = linear(x, weight, bias);
  CHECK(y.dtype() == DType::bf16);
  backward_from(y, random_tensor(queue, {3, 4}, DType::bf16, 4));
  CHECK(weight.grad().dtype() == DType::f32);
  CHECK(bias.grad().dtype() == DType::f32);
}

TEST_CASE("linear refuses a weight of another width", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({3, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(linear(x, engine::zeros({4, 6}, DType::f32, queue), {}),
                    Contains("weight [4, 6] expects 6 inputs") && Contains("x [3, 5] has 5"));
  CHECK_THROWS_WITH(linear(x, engine::zeros({4, 5}, DType::bf16, queue), {}), Contains("weight must be f32"));
  CHECK_THROWS_WITH(linear(x, engine::zeros({4, 5}, DType::f32, queue), engine::zeros({5}, DType::f32, queue)),
                    Contains("bias must have shape [4], got [5]"));
}
