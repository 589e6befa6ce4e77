// SPDX-License-Identifier: Apache-2.0
// A step of CENet's training as its authors' program takes it: logits, edge map, losses, gradients, statistics and the
// state after one update. The losses are put together from plain ops here.
#include <algorithm>
#include <cmath>

#include "engine/autograd.h"
#include "engine/ops/cross_entropy.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/elementwise_unary.h"
#include "engine/ops/reduce.h"
#include "engine/optim/sgd.h"
#include "models/cenet.h"
#include "tests/support/catch.h"
#include "tests/support/golden_case.h"
#include "tests/support/golden_comparison.h"

using namespace test;
using engine::nn::Mode;

namespace {

// Class-balanced edge loss of probabilities that pass a sigmoid once more, as in the released program: per pixel
// -(1 - beta) y ln S(p) - beta (1 - y) ln(1 - S(p)), beta the share of edges in the image.
Tensor edge_loss(const Tensor& probability, const std::vector<double>& edges) {
  const std::int64_t images = probability.shape().n(), size = probability.elements() / images;
  std::vector<double> weight_on, weight_off;
  for (std::int64_t n = 0; n < images; ++n) {
    double beta = 0;
    for (std::int64_t i = 0; i < size; ++i) beta += edges[static_cast<std::size_t>(n * size + i)];
    beta /= static_cast<double>(size);
    for (std::int64_t i = 0; i < size; ++i) {
      const double y = edges[static_cast<std::size_t>(n * size + i)];
      weight_on.push_back((1 - beta) * y);
      weight_off.push_back(beta * (1 - y));
    }
  }
  const Tensor s = engine::sigmoid(probability);
  const auto weighted = [&](const std::vector<double>& weights, const Tensor& x) {
    return engine::multiply(engine::from_host(std::span<const double>(weights), x.shape(), x.dtype(), x.shared_queue()),
                            engine::log(x));
  };
  return -engine::mean(weighted(weight_on, s) + weighted(weight_off, 1.0 - s));
}

// A case of the fixtures: where, with which batch norm, and how exactly.
struct Step {
  std::string name;
  Mode mode;
  Computing where;
  TrainingTolerance allowed;
};

void compare(const Step& step) {
  const GoldenCase fixture("cekd", step.name);
  const auto& queue = step.where.queue;
  const auto network = fixture.network("cenet", queue);
  const auto& cenet = dynamic_cast<const models::CENet&>(*network->model);
  const std::string label = step.name + " on " + to_string(queue->device()) + ", ";
  int compared = 1;  // The edge labels are an input.
  const auto check = [&](const std::string& name, const Tensor& value) {
    if (!fixture.has(name)) return;
    ++compared;
    const double tolerance = step.allowed.recorded_drift ? std::max(step.allowed.tensor, fixture.float_tolerance(name))
                                                         : step.allowed.tensor;
    expect_close(fixture.thinned(name, engine::download(value)), fixture.values(name), tolerance, label + name);
  };
  const models::CENetOutputs out = cenet.forward(fixture.inputs(queue, step.where.dtype), step.mode);
  check("edge_map", out.edge);
  check("logits", out.logits);
  const Tensor seg = engine::cross_entropy(out.logits, fixture.labels(queue), {}, {});
  const Tensor edge = edge_loss(out.edge, fixture.values("edge_label"));
  const Tensor total = engine::add(seg, edge);
  const auto loss = [&](const char* name, const Tensor& value) {
    INFO(label << name);
    CHECK(engine::read_scalar(value) == Approx(fixture.scalar(name)).epsilon(step.allowed.scalar));
  };
  loss("loss_seg_step1", seg);
  loss("loss_edge_step1", edge);
  loss("loss_total_step1", total);
  engine::backward(total);
  const auto& norms = fixture.json().at("grad_l2_f64");
  const auto& zeros = fixture.json().at("grad_l2_structural_zeros");
  for (const auto& parameter : network->store.parameters()) {
    INFO(label << "gradient of " << parameter.name);
    REQUIRE(parameter.tensor.grad());
    double squares = 0;
    for (const double each : engine::download(parameter.tensor.grad())) squares += each * each;
    if (std::find(zeros.begin(), zeros.end(), parameter.name) != zeros.end()) {
      CHECK(std::sqrt(squares) < 1e-12);
      compared += fixture.has("grad." + parameter.name) ? 1 : 0;
    } else if (step.allowed.gradients) {
      check("grad." + parameter.name, parameter.tensor.grad());
      if (norms.contains(parameter.name))
        CHECK(std::sqrt(squares) == Approx(norms[parameter.name].get<double>()).epsilon(step.allowed.scalar));
    } else {
      compared += fixture.has("grad." + parameter.name) ? 1 : 0;
    }
  }
  engine::Sgd optimizer(network->store.parameters(), 0.01, {.momentum = 0.9, .weight_decay = 5e-4});
  optimizer.step();
  for (const auto& entry : network->store.entries())
    if (entry.tensor) check("after_step1." + entry.name, entry.tensor);
  CHECK(compared == static_cast<int>(fixture.tensors().size()));
}

}  // namespace

TEST_CASE("cenet: gradients with frozen batch norm equal its authors', in f32", "[memory]") {
  compare({"cenet_frozen_bn_gradient_64x64",
           Mode::frozen_batch_norm,
           {queue_of(DeviceKind::cpu), DType::f32},
           {.tensor = 1e-4, .scalar = 1e-4}});
}
TEST_CASE("cenet: losses, logits and updates equal its authors', in f32", "[memory]") {
  compare({"cenet_train_64x96",
           Mode::train,
           {queue_of(DeviceKind::cpu), DType::f32},
           {.tensor = 1e-4, .scalar = 1e-4, .gradients = false, .recorded_drift = true}});
}
TEST_CASE("cenet: gradients with frozen batch norm equal its authors', in double", "[memory][slow]") {
  compare({"cenet_frozen_bn_gradient_64x64",
           Mode::frozen_batch_norm,
           {reference_queue(), DType::f64},
           {.tensor = 2e-6, .scalar = 1e-5}});
}
TEST_CASE("cenet: losses, logits and updates equal its authors', in double", "[memory][slow]") {
  compare({"cenet_train_64x96", Mode::train, {reference_queue(), DType::f64}, {.tensor = 2e-6, .scalar = 1e-5, .gradients = false}});
}
