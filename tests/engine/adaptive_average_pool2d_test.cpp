// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/adaptive_average_pool2d.h"

#include "tests/cases/adaptive_average_pool2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("adaptive_average_pool2d: gradients equal finite differences", "[sanitize]") {
  for (const AdaptiveAveragePool2dCase& c : adaptive_average_pool2d_cases) {
    if (c.size_class != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return adaptive_average_pool2d(in[0], c.size); }, {c.x}, {.samples = 20});
  }
}

TEST_CASE("adaptive_average_pool2d divides as its header says", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> pixels{1, 3, 5, 7, 9};
  const Tensor x = engine::from_host(std::span<const double>(pixels), {1, 1, 1, 5}, DType::f32, queue);
  CHECK(engine::download(adaptive_average_pool2d(x, {1, 2})) == std::vector<double>{3, 7});  // Pixels 0-2 and 2-4.
  CHECK(engine::download(global_average_pool(x)) == std::vector<double>{5});
  CHECK(global_average_pool(engine::zeros({2, 3, 4, 5}, DType::bf16, queue)).shape() == Shape{2, 3, 1, 1});
}

TEST_CASE("adaptive_average_pool2d refuses a division into nothing", "[sanitize]") {
  const Tensor x = engine::zeros({1, 2, 4, 6}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(adaptive_average_pool2d(x, {0, 3}), Contains("[1, 2, 4, 6]") && Contains("0x3 windows"));
}
