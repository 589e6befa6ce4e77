// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/max_pool2d.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("max_pool2d: gradients equal finite differences", "[sanitize]") {
  const kernels::Pool2dOptions stem{.kernel = 3, .stride = 2, .padding = 1},
      uneven{.kernel = {2, 3}, .stride = {1, 2}, .padding = {1, 0}};
  check_gradients([](const auto& in) { return max_pool2d(in[0], {}); }, {{2, 3, 5, 8}});
  check_gradients([&](const auto& in) { return max_pool2d(in[0], stem); }, {{1, 4, 6, 9}});
  check_gradients([&](const auto& in) { return max_pool2d(in[0], uneven); }, {{2, 2, 5, 7}});
}

TEST_CASE("max_pool2d sends the gradient of a tie to the first maximum", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  Tensor x = engine::full({1, 1, 2, 4}, 5, DType::f32, queue);
  x.set_requires_grad(true);
  backward_from(max_pool2d(x, {}), engine::full({1, 1, 1, 2}, 2, DType::f32, queue));
  CHECK(engine::download(x.grad()) == std::vector<double>{2, 0, 2, 0, 0, 0, 0, 0});
}

TEST_CASE("max_pool2d refuses windows that do not fit", "[sanitize]") {
  const Tensor x = engine::zeros({1, 2, 4, 6}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(max_pool2d(x, {.kernel = 3, .stride = 2, .padding = 2}),
                    Contains("max_pool2d") && Contains("padding 2x2") && Contains("half of kernel"));
  CHECK_THROWS_WITH(max_pool2d(x, {.kernel = {5, 2}}), Contains("5x2 window") && Contains("[1, 2, 4, 6]"));
  const Tensor wide = engine::zeros({1, 1, 20, 20}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(max_pool2d(wide, {.kernel = {16, 17}}), Contains("at most 256 places") && Contains("272"));
}
