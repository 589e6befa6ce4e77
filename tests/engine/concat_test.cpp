// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/concat.h"

#include "tests/cases/concat_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::concat;

TEST_CASE("concat: gradients equal finite differences", "[sanitize]") {
  for (const ConcatCase& c : concat_cases) {
    if (c.size != CaseSize::small) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return concat(in, c.axis); }, c.parts, {.samples = 20});
  }
}

TEST_CASE("concat of a constant and a leaf differentiates the leaf only", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor constant = engine::full({1, 2, 2, 3}, 1, DType::f32, queue);
  Tensor leaf = engine::full({1, 1, 2, 3}, 1, DType::f32, queue);
  leaf.set_requires_grad(true);
  const Tensor y = concat({constant, leaf}, 1), dy = random_tensor(queue, {1, 3, 2, 3}, DType::f32, 1);
  backward_from(y, dy);
  CHECK_FALSE(constant.grad());
  const std::vector<double> all = engine::download(dy);
  CHECK(engine::download(leaf.grad()) == std::vector<double>(all.begin() + 12, all.end()));
}

TEST_CASE("concat refuses parts that do not fit together", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 3, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(concat({x, engine::zeros({2, 3, 4, 6}, DType::f32, queue)}, 1),
                    Contains("part 1 of shape [2, 3, 4, 6]") && Contains("part 0 of shape [2, 3, 4, 5]"));
  CHECK_THROWS_WITH(concat({x, engine::zeros({2, 3}, DType::f32, queue)}, 1), Contains("part 1 of shape [2, 3]"));
  CHECK_THROWS_WITH(concat({x, engine::zeros({2, 3, 4, 5}, DType::bf16, queue)}, 1), Contains("f32 and bf16"));
  CHECK_THROWS_WITH(concat({x}, 4), Contains("axis 4"));
  CHECK_THROWS_WITH(concat({}, 0), Contains("nothing to join"));
  CHECK_THROWS_WITH(concat({x, Tensor{}}, 1), Contains("part 1 is no tensor"));
}
