// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/matmul.h"

#include "tests/cases/matmul_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("matmul: gradients equal finite differences", "[sanitize]") {
  for (const MatmulCase& c : matmul_cases) {
    if (c.size != CaseSize::small) continue;
    INFO(c.name);
    const Shape shape = kernels::matmul_shape(c.a, c.b, c.options);
    check_gradients([&](const auto& in) { return engine::matmul(in[0], in[1], in[2], c.options); },
                    {c.a, c.b, {shape[shape.rank() - 1]}}, {.samples = 20});
  }
}

TEST_CASE("matmul refuses factors that do not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor a = engine::zeros({3, 5}, DType::f32, queue), b = engine::zeros({4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::matmul(a, b), Contains("a [3, 5] and b [4, 5] do not fit"));
  CHECK_THROWS_WITH(engine::matmul(a, b, {}, {.a = transposed, .b = transposed}),
                    Contains("a [3, 5] (transposed) and b [4, 5] (transposed)"));
  CHECK_THROWS_WITH(engine::matmul(engine::zeros({2, 3, 5}, DType::f32, queue), b), Contains("two batches"));
  CHECK_THROWS_WITH(
      engine::matmul(engine::zeros({2, 3, 5}, DType::f32, queue), engine::zeros({3, 5, 4}, DType::f32, queue)),
      Contains("do not fit"));
  CHECK_THROWS_WITH(engine::matmul(a, b, engine::zeros({3}, DType::f32, queue), {.b = transposed}),
                    Contains("bias must have shape [4], got [3]"));
}
