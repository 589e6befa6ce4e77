// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/attention.h"

#include "tests/cases/attention_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("attention: gradients equal finite differences in qkv and embeddings", "[sanitize]") {
  for (const AttentionCase& c : attention_cases) {
    if (c.y().elements() > 1000) continue;
    INFO(c.name);
    check_gradients([&](const auto& in) { return engine::attention(in[0], in[1], in[2], c.options()); },
                    {c.qkv(), c.height(), c.width()}, {.samples = 60});
  }
}

TEST_CASE("attention refuses embeddings of another map and channels that are no heads", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto zeros = [&](const Shape& shape) {
    return engine::zeros(shape, DType::f32, queue);
  };
  CHECK_THROWS_WITH(engine::attention(zeros({2, 24, 5, 7}), zeros({5, 4}), zeros({5, 4}), {.heads = 2}),
                    Contains("5x7 positions with 4 channels per head needs embeddings [5, 4] and [7, 4]"));
  CHECK_THROWS_WITH(engine::attention(zeros({2, 20, 5, 7}), zeros({5, 4}), zeros({7, 4}), {.heads = 2}),
                    Contains("qkv [2, 20, 5, 7] is no map of q, k and v of 2 heads"));
}

TEST_CASE("attention keeps no map of pairs for its gradient") {
  const auto queue = queue_of(DeviceKind::cpu);
  const AttentionCase c{"", 1, 2, 4, {48, 64}};  // A map of pairs has 75 MB.
  const auto input = [&](const Shape& shape) {
    return random_tensor(queue, shape, DType::f32, 1).set_requires_grad(true);
  };
  const Tensor qkv = input(c.qkv()), height = input(c.height()), width = input(c.width());
  const std::size_t before = queue->memory().statistics().in_use;
  const Tensor y = engine::attention(qkv, height, width, c.options());
  CHECK(queue->memory().statistics().in_use - before < std::size_t{1} << 20);
}
