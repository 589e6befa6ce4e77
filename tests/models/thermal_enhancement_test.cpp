// SPDX-License-Identifier: Apache-2.0
#include "models/thermal_enhancement.h"

#include <cmath>

#include "engine/autograd.h"
#include "engine/ops/conv2d.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/max_pool2d.h"
#include "engine/ops/reduce.h"
#include "engine/ops/resize.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::nn::Mode;
using models::Size2;
using models::ThermalEnhancement;

namespace {

// The case's stored tensors beside ours, each within the tolerance of its device.
class Comparison {
 public:
  Comparison(const GoldenCase& fixture, const std::string& device) : fixture_(fixture), device_(device) {}

  void check(const std::string& name, const Tensor& value) {
    if (!fixture_.has(name)) return;
    ++compared_;
    const std::vector<double> want = fixture_.values(name), got = fixture_.thinned(name, engine::download(value));
    const std::string label = device_ + ", " + name;
    double largest = 0;
    for (const double each : want) largest = std::max(largest, std::abs(each));
    if (largest < 1e-12) {  // A bias before a batch norm: its true gradient is zero.
      for (const double each : got) CHECK(std::abs(each) < 1e-12);
      return;
    }
    expect_close(got, want, device_ == "reference" ? 2e-6 : fixture_.float_tolerance(name), label);
  }
  int compared() const { return compared_; }

 private:
  const GoldenCase& fixture_;
  std::string device_;
  int compared_ = 0;
};

void compare(const std::string& name, const std::string& tag, const std::shared_ptr<kernels::Queue>& queue) {
  const GoldenCase fixture("cekd", name);
  Comparison comparison(fixture, to_string(queue->device()));
  engine::nn::ParameterStore store(queue);
  const ThermalEnhancement module(store.root(), {});
  fill_by_rule(store, "");
  models::Inputs in = fixture.inputs(queue, engine::master_dtype(*queue));
  in.listener = [&](const std::string& feature, const Tensor& value) {
    comparison.check(feature, value);
  };
  // The convolution itself; the module leaves its bias to the normalisation.
  const auto parameter = [&](const char* key) {
    return store.find(key)->tensor;
  };
  comparison.check("conv1", engine::conv2d(engine::max_pool2d(in.thermal, {.kernel = 4, .stride = 4}),
                                           parameter("expweight.conv1.weight"), parameter("expweight.conv1.bias"),
                                           {.stride = 2, .padding = 1}));
  const Tensor delta = module.exponent(in.thermal, in, Mode::train);
  Tensor sampled = in.thermal;
  double loss = 0;
  std::vector<std::pair<Tensor, Tensor>> masks;  // With the factors of their elements in the loss.
  for (int i = 0; i < 5; ++i) {
    const Size2 half(static_cast<int>(sampled.shape().h() / 2), static_cast<int>(sampled.shape().w() / 2));
    sampled = engine::resize(sampled, half, {.interpolation = kernels::Interpolation::nearest});
    const Tensor mask = module.enhance(sampled, delta);
    comparison.check("mask_1_" + std::to_string(2 << i), mask);
    const std::string stream = tag + ".project" + std::to_string(i);
    std::vector<double> factors;
    for (std::int64_t at = 0; at < mask.elements(); ++at)
      factors.push_back(static_cast<double>(static_cast<float>(golden_uniform(stream, at))) /
                        std::sqrt(static_cast<double>(mask.elements())));
    const std::vector<double> values = engine::download(mask);
    for (std::size_t at = 0; at < values.size(); ++at) loss += values[at] * factors[at];
    masks.emplace_back(mask, engine::from_host(std::span<const double>(factors), mask.shape(), mask.dtype(), queue));
  }
  CHECK(loss == Approx(fixture.scalar("loss")).epsilon(queue->device().kind == DeviceKind::reference ? 1e-6 : 1e-4));
  Tensor total;
  for (const auto& [mask, factor] : masks) {
    const Tensor part = engine::sum(engine::multiply(mask, factor));
    total = total ? engine::add(total, part) : part;
  }
  engine::backward(total);
  for (const auto& entry : store.entries()) {
    if (entry.kind == engine::nn::StateEntry::Kind::parameter)
      comparison.check("grad." + entry.name, entry.tensor.grad());
    if (entry.kind == engine::nn::StateEntry::Kind::buffer) comparison.check("after." + entry.name, entry.tensor);
  }
  CHECK(comparison.compared() == static_cast<int>(fixture.tensors().size()));
}

}  // namespace

TEST_CASE("thermal enhancement: exponent, masks and gradients of four images equal its authors'") {
  for (const auto& queue : every_queue()) compare("te_module_480x640_batch4", "cekd.te4", queue);
}

TEST_CASE("thermal enhancement: exponent, masks and gradients of two images equal its authors'") {
  for (const auto& queue : every_queue()) compare("te_module_480x640", "cekd.te", queue);
}

TEST_CASE("thermal enhancement cannot train on one image, and says what to do", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const ThermalEnhancement module(store.root(), {.size = {64, 96}});
  const Tensor one = random_tensor(queue, {1, 1, 64, 96}, DType::f32, 1, 0, 1);
  CHECK_THROWS_WITH(module.exponent(one, {}, Mode::train),
                    Contains("cannot train on one image alone") && Contains("leave out a last batch of one"));
  CHECK(module.exponent(one, {}, Mode::evaluate).shape() == Shape{1, 1});
  CHECK(module.exponent(one, {}, Mode::frozen_batch_norm).shape() == Shape{1, 1});
}

TEST_CASE("thermal enhancement refuses images of another size and images too narrow to pool", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  engine::nn::ParameterStore store(queue);
  const ThermalEnhancement module(store.root() / "wide", {.size = {64, 96}});
  CHECK_THROWS_WITH(module.exponent(engine::zeros({2, 1, 96, 64}, DType::f32, queue), {}, Mode::evaluate),
                    Contains("made for images of 64x96, got 96x64"));
  CHECK_THROWS_WITH(ThermalEnhancement(store.root() / "narrow", {.size = {64, 32}}), Contains("64x32"));
}
