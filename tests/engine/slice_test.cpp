// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/slice.h"

#include "tests/cases/slice_cases.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("slice: gradients equal finite differences", "[sanitize]") {
  for (const SliceCase& c : slice_cases) {
    if (c.size != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return slice(in[0], c.options); }, {c.x}, {.samples = 20});
  }
}

TEST_CASE("slice takes integers as well", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    const std::vector<std::int64_t> values{1, 2, 3, 4, 5, 6};
    const Tensor x = engine::from_host(std::span<const std::int64_t>(values), {2, 3}, DType::i64, queue);
    CHECK(engine::download_integers(slice(x, {.axis = 1, .begin = 1, .end = 3})) ==
          std::vector<std::int64_t>{2, 3, 5, 6});
  }
}

TEST_CASE("slice refuses a section that is not inside the tensor", "[sanitize]") {
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(slice(x, {.axis = 1, .begin = 2, .end = 4}), Contains("[2, 4)") && Contains("[2, 3, 4, 5]"));
  CHECK_THROWS_WITH(slice(x, {.axis = 1, .begin = 1, .end = 1}), Contains("[1, 1)"));
  CHECK_THROWS_WITH(slice(x, {.axis = 4, .begin = 0, .end = 1}), Contains("axis 4"));
}
