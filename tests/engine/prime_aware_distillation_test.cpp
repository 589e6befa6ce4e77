// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/prime_aware_distillation.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("prime_aware_distillation: gradients equal finite differences", "[sanitize]") {
  check_gradients(
      [](const auto& in) {
        const Tensor teacher = random_tensor(in[0].shared_queue(), {2, 3, 4, 5}, in[0].dtype(), 9);
        return engine::prime_aware_distillation(in[0], teacher, in[1]);
      },
      {{2, 3, 4, 5}, {2, 3, 4, 5}});
}

TEST_CASE("prime_aware_distillation is least where the variance is the squared distance", "[sanitize]") {
  const auto queue = reference_queue();
  const Shape shape{1, 1, 1, 2};
  const Tensor student = engine::full(shape, 3, DType::f64, queue), teacher = engine::full(shape, 1, DType::f64, queue);
  Tensor log_variance = engine::full(shape, std::log(4.0), DType::f64, queue);
  log_variance.set_requires_grad(true);
  const Tensor loss = engine::prime_aware_distillation(student, teacher, log_variance);
  CHECK(engine::read_scalar(loss) == Approx(1 + std::log(4.0)));
  engine::backward(loss);
  for (const double value : engine::download(log_variance.grad())) CHECK(std::abs(value) < 1e-12);
}

TEST_CASE("prime_aware_distillation refuses operands of other shapes", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue),
               other = engine::zeros({2, 4, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::prime_aware_distillation(x, other, x),
                    Contains("teacher must have shape [2, 3, 4, 5], got [2, 4, 4, 5]"));
  CHECK_THROWS_WITH(engine::prime_aware_distillation(x, x, other), Contains("log_variance must have shape"));
}
