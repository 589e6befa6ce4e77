// SPDX-License-Identifier: Apache-2.0
#include "kernels/edge_loss.h"

#include <cmath>

#include "kernels/random.h"
#include "tests/cases/edge_loss_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

Tensor random_edges(const EdgeLossCase& c, const std::shared_ptr<kernels::Queue>& queue) {
  kernels::RandomStream stream(7, "edges");
  std::vector<std::int64_t> labels(static_cast<std::size_t>(c.edges.elements()));
  for (auto& label : labels) label = stream.chance(c.edge_share) ? 1 : 0;
  return engine::from_host(std::span<const std::int64_t>(labels), c.edges, DType::u8, queue);
}

LossOutputs run(const EdgeLossCase& c, const Side& side) {
  const Tensor prediction = side.random(c.prediction(), 1, 0.05, 0.95), dloss = side.parameter({}, 2, 0.5, 1);
  const Tensor edges = random_edges(c, side.queue());
  LossOutputs out{{"edge share", side.vector({c.edges[0]})},
                  {"loss", side.vector({}), 4},
                  {"gradient", side.activation(c.prediction()), 4, side.dtype()}};
  const kernels::EdgeLossInputs in{prediction, edges};
  const kernels::EdgeLossOptions options{c.form};
  kernels::edge_loss_forward(*side.queue(), options, in, out[0].values.view(), out[1].values.view());
  kernels::edge_loss_grad(*side.queue(), options, in, out[0].values.view(), dloss, out[2].values.view());
  return out;
}

// Loss and gradient of two pixels of which the first is an edge.
struct TwoPixels {
  std::vector<double> loss, gradient;
};
TwoPixels two_pixels(const std::shared_ptr<kernels::Queue>& queue, const std::vector<double>& values,
                     kernels::EdgeLossForm form, const std::vector<std::int64_t>& labels = {1, 0}) {
  const DType dtype = engine::master_dtype(*queue);
  const Tensor prediction = engine::from_host(std::span<const double>(values), {1, 1, 1, 2}, dtype, queue);
  const Tensor edges = engine::from_host(std::span<const std::int64_t>(labels), {1, 1, 2}, DType::u8, queue);
  const Tensor dloss = engine::full({}, 1.0, dtype, queue);
  Guarded share(queue, {1}, dtype), loss(queue, {}, dtype), gradient(queue, {1, 1, 1, 2}, dtype);
  const kernels::EdgeLossInputs in{prediction, edges};
  kernels::edge_loss_forward(*queue, kernels::EdgeLossOptions{form}, in, share.view(), loss.view());
  kernels::edge_loss_grad(*queue, kernels::EdgeLossOptions{form}, in, share.view(), dloss, gradient.view());
  return {loss.values(), gradient.values()};
}

}  // namespace

TEST_CASE("edge_loss and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(edge_loss_cases, CaseSize::small, run);
}

TEST_CASE("edge_loss and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(edge_loss_cases, CaseSize::large, run);
}

TEST_CASE("edge_loss repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(edge_loss_cases, run);
}

TEST_CASE("edge_loss stays finite where a prediction is sure and wrong", "[sanitize]") {
  std::vector<Where> places = everywhere({DType::f32});
  places.push_back({reference_queue(), DType::f64});
  for (const Where& where : places) {
    const TwoPixels paper = two_pixels(where.queue, {0, 1}, kernels::EdgeLossForm::paper);
    // Half of the pixels are edges: both are weighted by a half, and averaged.
    expect_close(paper.loss, {0.5 * -std::log(kernels::least_edge_probability)}, 0.01, where.name() + ", paper");
    CHECK(paper.gradient[0] < -1e6);
    CHECK(paper.gradient[1] > 1e6);
    const TwoPixels code = two_pixels(where.queue, {-300, 300}, kernels::EdgeLossForm::code);
    expect_close(code.loss, {150}, 1e-6, where.name() + ", code");
    expect_close(code.gradient, {-0.25, 0.25}, 1e-6, where.name() + ", code, gradient");
  }
}

TEST_CASE("edge_loss refuses a label that is neither edge nor background, with its place", "[sanitize]") {
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()}) {
    CHECK_THROWS_AS(two_pixels(queue, {0.5, 0.5}, kernels::EdgeLossForm::code, {1, 255}), kernels::DataError);
    CHECK_THROWS_WITH(two_pixels(queue, {0.5, 0.5}, kernels::EdgeLossForm::code, {1, 255}),
                      Catch::Matchers::Contains("label 255 at image 0, row 0, column 1: expected 0 or 1"));
  }
}

TEST_CASE("edge_loss of a label that is neither edge nor background is NaN on device cuda", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    if (where.queue->device().kind != DeviceKind::cuda) continue;
    const TwoPixels got = two_pixels(where.queue, {0.5, 0.5}, kernels::EdgeLossForm::code, {1, 255});
    CHECK(std::isnan(got.loss[0]));
    CHECK(std::isnan(got.gradient[0]));
  }
}
