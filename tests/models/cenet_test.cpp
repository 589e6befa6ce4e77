// SPDX-License-Identifier: Apache-2.0
#include "models/cenet.h"

#include "engine/autograd.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/reduce.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::nn::Mode;
using models::CENet;
using models::EdgePosition;

namespace {

CENet::Options narrow(EdgePosition edge) {
  return {.classes = 5, .width = 0.125, .size = {64, 96}, .edge = edge};
}

models::Inputs images(const std::shared_ptr<kernels::Queue>& queue, const kernels::Size2& size) {
  return {random_tensor(queue, {2, 3, size.h, size.w}, DType::f32, 1, 0, 1),
          random_tensor(queue, {2, 1, size.h, size.w}, DType::f32, 2, 0, 1),
          {}};
}

}  // namespace

TEST_CASE("cenet: the edge module stands at every position of the letter, and every parameter gets a gradient") {
  const auto queue = queue_of(DeviceKind::cpu);
  for (const char* name : {"NED", "E123D3", "E123D2", "D234D2", "E2D3", "E1D2", "D2D2", "D3D3"}) {
    INFO(name);
    engine::nn::ParameterStore store(queue);
    const CENet network(store.root(), narrow(models::edge_position(name)));
    const models::CENetOutputs out = network.forward(images(queue, {64, 96}), Mode::train);
    CHECK(out.logits.shape() == Shape{2, 5, 64, 96});
    CHECK(out.deepest.shape() == Shape{2, 256, 2, 3});
    CHECK(out.hint.shape() == Shape{2, 32, 16, 24});
    CHECK(network.has_edge_module() == (std::string(name) != "NED"));
    Tensor loss = engine::sum(out.logits);
    if (network.has_edge_module()) {
      const int scale = network.edge_scale();
      CHECK(scale == (std::string(name).back() == '2' ? 2 : 4));
      CHECK(out.edge.shape() == Shape{2, 1, 64 / scale, 96 / scale});
      loss = engine::add(loss, engine::sum(out.edge));
    }
    engine::backward(loss);
    for (const auto& parameter : store.parameters()) {
      INFO(parameter.name);
      CHECK(parameter.tensor.grad());
    }
  }
}

TEST_CASE("cenet refuses a position that the letter does not have", "[sanitize]") {
  CHECK_THROWS_WITH(models::edge_position("D4D4"), Contains("D4D4") && Contains("NED") && Contains("D3D3"));
}

TEST_CASE("cenet refuses sizes that are no multiples of 32, and images of another size than its own", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue), other(queue);
  CHECK_THROWS_WITH(CENet(other.root(), {.width = 0.125, .size = {64, 100}}),
                    Contains("multiples of 32") && Contains("64x100"));
  const CENet network(store.root(), narrow(EdgePosition::D3D3));
  CHECK_THROWS_WITH(network.forward(images(queue, {64, 100}), Mode::evaluate), Contains("multiples of 32"));
  CHECK_THROWS_WITH(network.forward(images(queue, {96, 64}), Mode::evaluate),
                    Contains("made for images of 64x96, these are 96x64"));
}

TEST_CASE("cenet begins with attention branches that add nothing, and edge biases at zero", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const CENet network(store.root(), narrow(EdgePosition::D3D3));
  for (const char* name : {"encoder_rgb_layer4.net.0.net.8.weight", "encoder_thermal_layer4.net.2.net.8.weight",
                           "edge.cdcm.conv1.bias", "edge.csam.conv1.bias"}) {
    INFO(name);
    REQUIRE(store.find(name) != nullptr);
    for (const double value : engine::download(store.find(name)->tensor)) CHECK(value == 0);
  }
}
