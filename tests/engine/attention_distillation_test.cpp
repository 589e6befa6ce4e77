// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/attention_distillation.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("attention_distillation: gradients equal finite differences", "[sanitize]") {
  check_gradients(
      [](const auto& in) {
        const Tensor teacher = random_tensor(in[0].shared_queue(), {2, 5, 4, 7}, in[0].dtype(), 9);
        return engine::attention_distillation(in[0], teacher);
      },
      {{2, 3, 4, 7}});
}

TEST_CASE("attention_distillation does not see signs or the strength of a whole image", "[sanitize]") {
  const auto queue = reference_queue();
  const Tensor teacher = random_tensor(queue, {1, 3, 4, 5}, DType::f64, 1);
  std::vector<double> values = engine::download(teacher);
  for (double& value : values) value *= -3;
  const Tensor student = engine::from_host(std::span<const double>(values), {1, 3, 4, 5}, DType::f64, queue);
  CHECK(engine::read_scalar(engine::attention_distillation(student, teacher)) < 1e-28);
  values[0] += 1;
  const Tensor other = engine::from_host(std::span<const double>(values), {1, 3, 4, 5}, DType::f64, queue);
  CHECK(engine::read_scalar(engine::attention_distillation(other, teacher)) > 1e-5);
}

TEST_CASE("attention_distillation refuses a teacher with other pixels", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  CHECK_THROWS_WITH(engine::attention_distillation(engine::zeros({2, 3, 4, 5}, DType::f32, queue),
                                                   engine::zeros({2, 7, 5, 4}, DType::f32, queue)),
                    Contains("teacher must have shape [2, 7, 4, 5], got [2, 7, 5, 4]"));
}
