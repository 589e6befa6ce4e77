// SPDX-License-Identifier: Apache-2.0
#include "models/eknet.h"

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::nn::Mode;
using models::EKNet;

namespace {

EKNet::Options narrow(EKNet::Enhancement enhancement) {
  return {.classes = 5, .width = 0.125, .size = {64, 96}, .enhancement = enhancement};
}

}  // namespace

TEST_CASE("eknet without its enhancement is kdnet, and both see the thermal image alone", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const models::Inputs in{{}, random_tensor(queue, {2, 1, 64, 96}, DType::f32, 2, 0, 1), {}};
  for (const auto enhancement : {EKNet::Enhancement::present, EKNet::Enhancement::absent}) {
    const bool enhances = enhancement == EKNet::Enhancement::present;
    INFO((enhances ? "eknet" : "kdnet"));
    engine::nn::ParameterStore store(queue);
    const EKNet network(store.root(), narrow(enhancement));
    const models::EKNetOutputs out = network.forward(in, Mode::train);
    CHECK(out.logits.shape() == Shape{2, 5, 64, 96});
    CHECK(out.deepest.shape() == Shape{2, 256, 2, 3});
    CHECK(out.hint.shape() == Shape{2, 32, 16, 24});
    CHECK(static_cast<bool>(out.delta) == enhances);
    CHECK((store.find("createMask.expweight.fc1.weight") != nullptr) == enhances);
    if (enhances)
      CHECK(network.enhanced_image(in, Mode::evaluate).shape() == Shape{2, 1, 64, 96});
    else
      CHECK_THROWS_WITH(network.enhanced_image(in, Mode::evaluate), Contains("kdnet has no thermal enhancement"));
  }
}

TEST_CASE("eknet cannot train on one image, and says what to do; kdnet can", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const models::Inputs one{{}, random_tensor(queue, {1, 1, 64, 96}, DType::f32, 2, 0, 1), {}};
  engine::nn::ParameterStore store(queue), plain_store(queue);
  const EKNet network(store.root(), narrow(EKNet::Enhancement::present)),
      plain(plain_store.root(), narrow(EKNet::Enhancement::absent));
  CHECK_THROWS_WITH(network(one, Mode::train), Contains("cannot train on one image alone"));
  CHECK(network(one, Mode::evaluate).shape() == Shape{1, 5, 64, 96});
  CHECK(plain(one, Mode::train).shape() == Shape{1, 5, 64, 96});
}

TEST_CASE("eknet refuses images of another size than its own", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const EKNet network(store.root(), narrow(EKNet::Enhancement::present));
  CHECK_THROWS_WITH(network({{}, engine::zeros({2, 1, 96, 64}, DType::f32, queue), {}}, Mode::evaluate),
                    Contains("eknet") && Contains("made for images of 64x96, these are 96x64"));
}
