// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/confusion_matrix.h"

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

Tensor integers(std::vector<std::int64_t> values, const Shape& shape, DType dtype,
                const std::shared_ptr<kernels::Queue>& queue) {
  return engine::from_host(std::span<const std::int64_t>(values), shape, dtype, queue);
}

}  // namespace

TEST_CASE("confusion_matrix adds batches to the matrices of their images", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> logits = {1, 0, 0, 1, 0, 1, 1, 0};  // [2, 2, 1, 2]: predicted 0 1 and 1 0.
  const Tensor x = engine::from_host(std::span<const double>(logits), {2, 2, 1, 2}, DType::f32, queue);
  const Tensor labels = integers({0, 0, 1, 1}, {2, 1, 2}, DType::u8, queue);
  const engine::ConfusionTotals totals = engine::confusion_totals(2, 2, queue);
  const Tensor of_image = integers({1, 0}, {2}, DType::i32, queue);
  CHECK_FALSE(engine::confusion_matrix(x, labels, of_image, totals));
  const Tensor map = engine::confusion_matrix(x, labels, of_image, totals, {}, engine::PredictionMap::wanted);
  CHECK(map.dtype() == DType::u8);
  CHECK(engine::download_integers(map) == std::vector<std::int64_t>{0, 1, 1, 0});
  CHECK(engine::download_integers(totals.counts) == std::vector<std::int64_t>{0, 0, 2, 2, 2, 2, 0, 0});
  CHECK_FALSE(engine::refused_label(totals));
}

TEST_CASE("confusion_matrix tells where a label is out of range", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const engine::ConfusionTotals totals = engine::confusion_totals(1, 3, queue);
  const Tensor x = engine::zeros({1, 3, 2, 3}, DType::f32, queue);
  const Tensor labels = integers({0, 1, 2, 2, 3, 1}, {1, 2, 3}, DType::u8, queue);
  engine::confusion_matrix(x, labels, integers({0}, {1}, DType::i32, queue), totals, {.first_image = 5});
  const auto refused = engine::refused_label(totals);
  REQUIRE(refused);
  CHECK(refused->image == 5);
  CHECK(refused->pixel == 4);
  CHECK(refused->label == 3);
}

TEST_CASE("confusion_matrix refuses what does not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const engine::ConfusionTotals totals = engine::confusion_totals(1, 3, queue);
  const Tensor x = engine::zeros({1, 3, 2, 3}, DType::f32, queue), image = integers({0}, {1}, DType::i32, queue);
  const auto labels = [&](const Shape& shape, DType dtype) {
    return engine::zeros(shape, dtype, queue);
  };
  CHECK_THROWS_WITH(engine::confusion_matrix(x, labels({1, 3, 3}, DType::u8), image, totals),
                    Contains("at most 2x3 pixels of the logits, got [1, 3, 3]"));
  CHECK_THROWS_WITH(engine::confusion_matrix(x, labels({1, 2, 3}, DType::i64), image, totals),
                    Contains("expected labels in u8, got i64"));
  CHECK_THROWS_WITH(engine::confusion_matrix(engine::zeros({1, 4, 2, 3}, DType::f32, queue),
                                             labels({1, 2, 3}, DType::u8), image, totals),
                    Contains("counts must have shape [1, 4, 4], got [1, 3, 3]"));
  CHECK_THROWS_AS(engine::confusion_totals(1, 257, queue), kernels::ShapeError);
}
