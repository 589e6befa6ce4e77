// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/argmax.h"

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("argmax over channels gives one label per pixel", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> logits = {0, 5, 2, 1, 1, 1, 9, 3, 4, 0, 6, 7};  // [1, 3, 2, 2]
  const Tensor x = engine::from_host(std::span<const double>(logits), {1, 3, 2, 2}, DType::f32, queue);
  const Tensor labels = argmax(x);
  CHECK(labels.shape() == Shape{1, 2, 2});
  CHECK(labels.dtype() == DType::i64);
  CHECK(engine::download_integers(labels) == std::vector<std::int64_t>{2, 0, 1, 2});
  CHECK(argmax(x, 2, engine::ReducedAxes::kept).shape() == Shape{1, 3, 1, 2});
}

TEST_CASE("argmax refuses an axis that is absent or whose removal would reorder memory", "[sanitize]") {
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(argmax(x, 4), Contains("axis 4 does not exist in a tensor of shape [2, 3, 4, 5]"));
  CHECK_THROWS_AS(argmax(x, 2), kernels::ShapeError);
}
