// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/reduce.h"

#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::ReducedAxes;

TEST_CASE("reduce: gradients equal finite differences", "[sanitize]") {
  const std::vector<std::vector<int>> axis_lists = {{}, {1}, {2, 3}, {0, 2, 3}, {0}};
  for (const auto& axes : axis_lists) {
    const auto reduced = axes == std::vector<int>{0} ? ReducedAxes::kept : ReducedAxes::removed;
    INFO(axes.size() << " axes");
    check_gradients([&](const auto& in) { return sum(in[0], axes, reduced); }, {{2, 3, 4, 5}});
    check_gradients([&](const auto& in) { return mean(in[0], axes, reduced); }, {{2, 3, 4, 5}});
  }
  check_gradients([](const auto& in) { return mean(in[0], {0}); }, {{3, 7}});
}

TEST_CASE("sum and mean keep or remove the axes that they go over", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    const Tensor x = engine::full({2, 3, 4, 5}, 0.5, engine::master_dtype(*queue), queue);
    CHECK(sum(x).shape() == Shape{});
    CHECK(engine::read_scalar(sum(x)) == 60.0);
    CHECK(engine::read_scalar(mean(x)) == 0.5);
    CHECK(sum(x, {0, 2, 3}).shape() == Shape{3});
    CHECK(engine::download(sum(x, {0, 2, 3})) == std::vector<double>(3, 20.0));
    CHECK(mean(x, {2, 3}).shape() == Shape{2, 3});
    CHECK(mean(x, {2, 3}, ReducedAxes::kept).shape() == Shape{2, 3, 1, 1});
    CHECK(sum(x, {1}).shape() == Shape{2, 4, 5});
  }
}

TEST_CASE("reduce refuses axes that are absent, named twice, or whose removal would reorder memory", "[sanitize]") {
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(sum(x, {4}), Contains("sum: expected different axes of 0 to 3, got 4"));
  CHECK_THROWS_WITH(mean(x, {1, 1}), Contains("mean") && Contains("got 1"));
  CHECK_THROWS_WITH(sum(x, {2}), Contains("would change the order of elements in memory"));
}
