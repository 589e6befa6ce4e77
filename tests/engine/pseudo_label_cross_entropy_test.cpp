// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pseudo_label_cross_entropy.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("pseudo_label_cross_entropy: gradients equal finite differences", "[sanitize]") {
  check_gradients(
      [](const auto& in) {
        const Tensor teacher = random_tensor(in[0].shared_queue(), {2, 4, 3, 5}, in[0].dtype(), 9);
        return engine::pseudo_label_cross_entropy(in[0], teacher).loss;
      },
      {{2, 4, 3, 5}}, {.low = -3, .high = 3});
}

TEST_CASE("pseudo_label_cross_entropy takes the lowest class among equals", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  // Rectified logits: two pixels, of which the second has no class above 0.
  const std::vector<double> values = {0, 0, 2, 0, 2, 0};
  const Tensor teacher = engine::from_host(std::span<const double>(values), {1, 3, 1, 2}, DType::f32, queue);
  const engine::PseudoLabelLoss got =
      engine::pseudo_label_cross_entropy(engine::zeros({1, 3, 1, 2}, DType::f32, queue), teacher);
  CHECK(engine::download_integers(got.labels) == std::vector<std::int64_t>{1, 0});
  CHECK(engine::read_scalar(got.loss) == Approx(std::log(3.0)));
}

TEST_CASE("pseudo_label_cross_entropy weighs pixels by the classes that the teacher finds", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto tensor = [&](const std::vector<double>& values, const Shape& shape) {
    return engine::from_host(std::span<const double>(values), shape, DType::f32, queue);
  };
  const Tensor student = tensor({0, 0, 1, 0, 0, 0}, {1, 3, 1, 2}), teacher = tensor({0, 5, 2, 0, 0, 0}, {1, 3, 1, 2});
  const double of_class_1 = std::log(std::exp(1.0) + 2) - 1, of_class_0 = std::log(3.0);
  CHECK(engine::read_scalar(engine::pseudo_label_cross_entropy(student, teacher, tensor({1, 3, 7}, {3})).loss) ==
        Approx((3 * of_class_1 + of_class_0) / 4));
}

TEST_CASE("pseudo_label_cross_entropy refuses a teacher with another number of classes", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  CHECK_THROWS_WITH(engine::pseudo_label_cross_entropy(engine::zeros({1, 3, 4, 5}, DType::f32, queue),
                                                       engine::zeros({1, 9, 4, 5}, DType::f32, queue)),
                    Contains("teacher must have shape [1, 3, 4, 5], got [1, 9, 4, 5]"));
}
