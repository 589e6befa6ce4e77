// SPDX-License-Identifier: Apache-2.0
#include "models/pidinet.h"

#include <cmath>

#include "engine/autograd.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/elementwise_unary.h"
#include "engine/ops/reduce.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

constexpr int height = 32, width = 48;

// 1 where one of the four neighbours has another label, else 0; 2 (ignored) in the first 4x4 pixels.
std::vector<int> edge_labels() {
  const auto label = golden_labels("cekd.pdn.pidinet_tiny.label",
                                   {.n = 1, .height = height, .width = width, .classes = 3, .block = 8});
  const auto at = [&](int y, int x) {
    return label[static_cast<std::size_t>(y * width + x)];
  };
  std::vector<int> edges;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool is_edge = (y > 0 && at(y - 1, x) != at(y, x)) || (y + 1 < height && at(y + 1, x) != at(y, x)) ||
                           (x > 0 && at(y, x - 1) != at(y, x)) || (x + 1 < width && at(y, x + 1) != at(y, x));
      edges.push_back(y < 4 && x < 4 ? 2 : is_edge ? 1 : 0);
    }
  return edges;
}

// The loss of RCF (Liu et al., CVPR 2017): binary cross entropy, summed, edges weighted by the share of the others,
// these by 1.1 times the share of edges, which PiDiNet is trained with.
Tensor rcf_loss(const Tensor& probability) {
  const std::vector<int> edges = edge_labels();
  const auto on = static_cast<double>(std::count(edges.begin(), edges.end(), 1));
  const auto off = static_cast<double>(std::count(edges.begin(), edges.end(), 0));
  std::vector<double> weight_on, weight_off;
  for (const int edge : edges) {
    weight_on.push_back(edge == 1 ? off / (on + off) : 0);
    weight_off.push_back(edge == 0 ? 1.1 * on / (on + off) : 0);
  }
  const auto weighted = [&](const std::vector<double>& weights, const Tensor& x) {
    return engine::multiply(engine::from_host(std::span<const double>(weights), x.shape(), x.dtype(), x.shared_queue()),
                            engine::log(x));
  };
  return -engine::sum(weighted(weight_on, probability) + weighted(weight_off, 1.0 - probability));
}

void compare(const std::shared_ptr<kernels::Queue>& queue) {
  const GoldenCase fixture("cekd", "pidinet_small");
  const std::string device = to_string(queue->device()), module = "pidinet_tiny.";
  const bool exact = queue->device().kind == DeviceKind::reference;
  engine::nn::ParameterStore store(queue);
  const models::PiDiNet network(store.root(), {});
  fill_by_rule(store, module);
  const Shape shape{1, 3, height, width};
  const std::vector<float> image = golden_image("cekd.pdn.pidinet_tiny.input", shape);
  const models::Inputs in{
      engine::from_host(std::span<const float>(image), shape, engine::master_dtype(*queue), queue), {}, {}};
  const auto check = [&](const std::string& name, const Tensor& value) {
    if (!fixture.has(name)) return 0;
    expect_close(fixture.thinned(name, engine::download(value)), fixture.values(name),
                 exact ? 2e-6 : fixture.float_tolerance(name), device + ", " + name);
    return 1;
  };
  int compared = 0;
  Tensor loss;
  const auto outputs = network.forward(in);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    compared += check(module + "output" + std::to_string(i), outputs[i]);
    const Tensor part = rcf_loss(outputs[i]);
    loss = loss ? loss + part : part;
  }
  CHECK(engine::read_scalar(loss) == Approx(fixture.scalar(module + "rcf_loss")).epsilon(exact ? 1e-6 : 1e-5));
  engine::backward(loss);
  const auto& norms = fixture.json().at("pidinet_tiny.grad_l2_f64");
  for (const auto& parameter : store.parameters()) {
    INFO(device << ", gradient of " << parameter.name);
    compared += check(module + "grad." + parameter.name, parameter.tensor.grad());
    double squares = 0;
    for (const double each : engine::download(parameter.tensor.grad())) squares += each * each;
    CHECK(std::sqrt(squares) == Approx(norms.at(parameter.name).get<double>()).epsilon(exact ? 1e-5 : 1e-4));
  }
  CHECK(norms.size() == store.parameters().size());
  CHECK(compared == 13);  // Five outputs and eight gradients.
}

}  // namespace

TEST_CASE("pidinet: outputs, loss and gradients equal its authors'") {
  for (const auto& queue : every_queue()) compare(queue);
}

TEST_CASE("pidinet begins by joining its side outputs as their mean", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const models::PiDiNet network(store.root(), {});
  CHECK(engine::download(store.find("classifier.weight")->tensor) == std::vector<double>(4, 0.25));
  CHECK(engine::download(store.find("classifier.bias")->tensor) == std::vector<double>(1, 0.0));
}

TEST_CASE("pidinet refuses a size that its stages cannot halve", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const models::PiDiNet network(store.root(), {});
  CHECK_THROWS_WITH(network.forward({engine::zeros({1, 3, 32, 44}, DType::f32, queue), {}, {}}),
                    Contains("multiples of 8") && Contains("32x44"));
}
