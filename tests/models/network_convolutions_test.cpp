// SPDX-License-Identifier: Apache-2.0
#include "tests/cases/network_convolutions.h"

#include <cstring>
#include <set>
#include <string>

#include "engine/autograd.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/network.h"

using namespace test;

namespace {

// The networks run on images of a fifth of 480x640 in each direction; every size within them is a fifth too.
constexpr int fraction = 5;

std::string text(const Shape& x, const Shape& weight, const Shape& y) {
  return to_string(x) + " by " + to_string(weight) + " to " + to_string(y);
}

Shape whole(const Shape& shape) {
  return {shape.n(), shape.c(), fraction * shape.h(), fraction * shape.w()};
}

}  // namespace

TEST_CASE("the list of the networks' convolutions is complete and holds nothing else") {
  std::set<std::string> listed, met;
  for (const NetworkConvolution& c : network_convolutions) {
    INFO(c.network << " " << text(c.x, c.weight, c.x));
    listed.insert(text(c.x, c.weight, kernels::conv2d_shape(c.x, c.weight, c.options)));
  }
  const auto queue = queue_of(DeviceKind::cpu);
  const engine::NoGradient no_gradient;
  for (const char* name : {"mfnet", "rtfnet18", "rtfnet50", "cenet"}) {
    const auto network = train::open_network(name, {.size = {480 / fraction, 640 / fraction}}, queue);
    const engine::OpObserver observer([&](const char* op, const Tensor& result, const std::vector<Tensor>& inputs) {
      const bool transposed = std::strcmp(op, "conv_transpose2d") == 0;
      if (!transposed && std::strcmp(op, "conv2d") != 0) return;
      const Shape from = whole(inputs[0].shape()), to = whole(result.shape()), weight = inputs[1].shape();
      met.insert(transposed ? text(to, weight, from) : text(from, weight, to));
    });
    const models::Inputs in{engine::zeros({1, 3, 480 / fraction, 640 / fraction}, DType::f32, queue),
                            engine::zeros({1, 1, 480 / fraction, 640 / fraction}, DType::f32, queue),
                            {}};
    (*network->model)(in, engine::nn::Mode::frozen_batch_norm);
  }
  for (const std::string& each : met) {
    INFO("not in tests/cases/network_convolutions.h: " << each);
    CHECK(listed.count(each) == 1);
  }
  for (const std::string& each : listed) {
    INFO("no network has it: " << each);
    CHECK(met.count(each) == 1);
  }
}
