// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/distillation_cross_entropy.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("distillation_cross_entropy: gradients equal finite differences", "[sanitize]") {
  for (const double temperature : {0.5, 1.0, 6.0})
    check_gradients(
        [&](const auto& in) {
          const Tensor teacher = random_tensor(in[0].shared_queue(), {2, 4, 3, 5}, in[0].dtype(), 9, -3, 3);
          return engine::distillation_cross_entropy(in[0], teacher, {.temperature = temperature});
        },
        {{2, 4, 3, 5}}, {.low = -3, .high = 3});
}

TEST_CASE("distillation_cross_entropy of equal logits is the teacher's entropy, without a factor T^2", "[sanitize]") {
  const auto queue = reference_queue();
  const Tensor flat = engine::full({1, 9, 2, 3}, 5, DType::f64, queue);
  for (const double temperature : {1.0, 6.0})
    CHECK(engine::read_scalar(engine::distillation_cross_entropy(flat, flat, {.temperature = temperature})) ==
          Approx(std::log(9.0)));
}

TEST_CASE("distillation_cross_entropy refuses a teacher that does not fit, and a temperature that is not positive",
          "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor student = engine::zeros({2, 3, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::distillation_cross_entropy(student, engine::zeros({2, 9, 4, 5}, DType::f32, queue)),
                    Contains("teacher must have shape [2, 3, 4, 5], got [2, 9, 4, 5]"));
  CHECK_THROWS_WITH(engine::distillation_cross_entropy(student, student, {.temperature = 0}),
                    Contains("temperature must be positive, got 0"));
}
