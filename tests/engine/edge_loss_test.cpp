// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/edge_loss.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

// Two images with three and one edge pixels.
Tensor edges_on(const std::shared_ptr<kernels::Queue>& queue) {
  const std::vector<std::int64_t> labels = {1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0};
  return engine::from_host(std::span<const std::int64_t>(labels), {2, 2, 3}, DType::u8, queue);
}

}  // namespace

TEST_CASE("edge_loss: gradients equal finite differences in both forms", "[sanitize]") {
  for (const auto form : {engine::EdgeLossForm::paper, engine::EdgeLossForm::code})
    check_gradients([&](const auto& in) { return engine::edge_loss(in[0], edges_on(in[0].shared_queue()), {form}); },
                    {{2, 1, 2, 3}}, {.low = 0.1, .high = 0.9});
}

TEST_CASE("edge_loss weighs edges by the share of the background of their image", "[sanitize]") {
  const auto queue = reference_queue();
  const Tensor half = engine::full({2, 1, 2, 3}, 0.5, DType::f64, queue);
  // Paper: every pixel costs ln 2. Image 0: 3 edges of weight 1/2, 3 others of 1/2; image 1: 1 of 5/6, 5 of 1/6.
  const double weights = 3 * 0.5 + 3 * 0.5 + 5.0 / 6 + 5.0 / 6;
  CHECK(engine::read_scalar(engine::edge_loss(half, edges_on(queue), {engine::EdgeLossForm::paper})) ==
        Approx(weights * std::log(2.0) / 12));
  // Code: the sigmoid of one half once more.
  const double q = 1 / (1 + std::exp(-0.5)), of_edges = 1.5 + 5.0 / 6, of_others = 1.5 + 5.0 / 6;
  CHECK(engine::read_scalar(engine::edge_loss(half, edges_on(queue), {engine::EdgeLossForm::code})) ==
        Approx(-(of_edges * std::log(q) + of_others * std::log(1 - q)) / 12));
}

TEST_CASE("edge_loss refuses maps that do not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor prediction = engine::zeros({2, 1, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::edge_loss(engine::zeros({2, 3, 4, 5}, DType::f32, queue), edges_on(queue)),
                    Contains("prediction must have shape [2, 1, 4, 5], got [2, 3, 4, 5]"));
  CHECK_THROWS_WITH(engine::edge_loss(prediction, edges_on(queue)),
                    Contains("edges must have shape [2, 4, 5], got [2, 2, 3]"));
  CHECK_THROWS_WITH(engine::edge_loss(prediction, engine::zeros({2, 4, 5}, DType::i64, queue)),
                    Contains("edges must be u8, got i64"));
}
