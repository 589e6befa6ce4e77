// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/mean_squared_error.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("mean_squared_error: gradients equal finite differences", "[sanitize]") {
  check_gradients(
      [](const auto& in) {
        return engine::mean_squared_error(in[0], random_tensor(in[0].shared_queue(), {2, 3, 4, 5}, in[0].dtype(), 9));
      },
      {{2, 3, 4, 5}});
}

TEST_CASE("mean_squared_error gives its target no gradient", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  Tensor x = random_tensor(queue, {2, 3, 4, 5}, DType::f32, 1),
         target = random_tensor(queue, {2, 3, 4, 5}, DType::f32, 2);
  x.set_requires_grad(true);
  target.set_requires_grad(true);
  engine::backward(engine::mean_squared_error(x, target));
  CHECK(x.grad());
  CHECK_FALSE(target.grad());
}

TEST_CASE("mean_squared_error refuses a target of another shape or type", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::mean_squared_error(x, engine::zeros({2, 3, 5, 4}, DType::f32, queue)),
                    Contains("target must have shape [2, 3, 4, 5], got [2, 3, 5, 4]"));
  CHECK_THROWS_AS(engine::mean_squared_error(x, engine::zeros({2, 3, 4, 5}, DType::bf16, queue)), kernels::DTypeError);
}
