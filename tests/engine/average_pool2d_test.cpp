// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/average_pool2d.h"

#include "tests/cases/average_pool2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::PaddedPlaces;

TEST_CASE("average_pool2d: gradients equal finite differences", "[sanitize]") {
  for (const AveragePool2dCase& c : average_pool2d_cases) {
    if (c.size != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return average_pool2d(in[0], c.options); }, {c.x}, {.samples = 20});
  }
}

TEST_CASE("average_pool2d counts padding as zeros, or leaves it out", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> pixels{6, 12, 18};
  const Tensor x = engine::from_host(std::span<const double>(pixels), {1, 1, 1, 3}, DType::f32, queue);
  const kernels::Pool2dOptions window{.kernel = {1, 3}, .stride = {1, 2}, .padding = {0, 1}};
  CHECK(engine::download(average_pool2d(x, {window, PaddedPlaces::counted})) == std::vector<double>{6, 10});
  CHECK(engine::download(average_pool2d(x, {window, PaddedPlaces::left_out})) == std::vector<double>{9, 15});
}

TEST_CASE("average_pool2d refuses windows that do not fit", "[sanitize]") {
  const Tensor x = engine::zeros({1, 2, 4, 6}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(average_pool2d(x, {.window = {.kernel = {5, 2}}}),
                    Contains("average_pool2d") && Contains("5x2 window") && Contains("[1, 2, 4, 6]"));
  CHECK_THROWS_WITH(average_pool2d(x, {.window = {.kernel = 2, .stride = 0}}), Contains("stride 0x0"));
}
