// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/resize.h"

#include "tests/cases/resize_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("resize: gradients equal finite differences", "[sanitize]") {
  for (const ResizeCase& c : resize_cases) {
    if (c.size_class != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return resize(in[0], c.size, c.options); }, {c.x}, {.samples = 20});
  }
}

TEST_CASE("resize gives the values that can be found by hand", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> pixels{0, 4, 8};
  const Tensor x = engine::from_host(std::span<const double>(pixels), {1, 1, 1, 3}, DType::f32, queue);
  CHECK(engine::download(resize(x, {1, 6}, nearest)) == std::vector<double>{0, 0, 4, 4, 8, 8});
  CHECK(engine::download(resize(x, {1, 6}, bilinear_centres)) == std::vector<double>{0, 1, 3, 5, 7, 8});
  CHECK(engine::download(resize(x, {2, 5}, bilinear_aligned)) == std::vector<double>{0, 2, 4, 6, 8, 0, 2, 4, 6, 8});
}

TEST_CASE("resize refuses a size without pixels", "[sanitize]") {
  const Tensor x = engine::zeros({1, 2, 4, 6}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(resize(x, {0, 6}), Contains("resize") && Contains("[1, 2, 4, 6]") && Contains("0x6"));
  CHECK_THROWS_WITH(resize(engine::zeros({4, 6}, DType::f32, queue_of(DeviceKind::cpu)), {2, 3}),
                    Contains("x must have 4 dimensions"));
}
