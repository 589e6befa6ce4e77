// SPDX-License-Identifier: Apache-2.0
// Whole networks at an eighth of their width on device cuda against the reference device: every feature in evaluation,
// and a training step with frozen batch norm: loss, gradients, updated parameters and optimizer state.
#include <algorithm>
#include <map>

#include "engine/autograd.h"
#include "engine/optim/clip.h"
#include "engine/optim/moving_average.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden.h"
#include "tests/support/golden_comparison.h"
#include "train/supervised.h"

using namespace test;
using engine::nn::Mode;

namespace {

using Values = std::map<std::string, std::vector<double>>;
constexpr Mode frozen = Mode::frozen_batch_norm;
constexpr int classes = 5, images = 2, height = 64, width = 96;

// A recipe and a batch that are the same numbers on every device.
class Side {
 public:
  Side(const std::string& model, const Computing& where)
      : recipe_({.model = model,
                 .network = {.classes = classes, .width = 0.125, .size = {height, width}},
                 .class_weights = {0.5, 1, 1.5, 2, 0.25},
                 .ignored_label = 4},
                where.queue, 0) {
    const auto& queue = where.queue;
    for (const auto& entry : recipe_.state().entries()) {
      if (!entry.tensor) continue;
      const std::vector<float> values = golden_parameter("agreement.", entry.name, entry.shape());
      engine::copy_into(engine::from_host(std::span<const float>(values), entry.shape(), entry.tensor.dtype(), queue),
                        entry.tensor);
    }
    const auto image = [&](const char* name, int channels) {
      const Shape shape{images, channels, height, width};
      return engine::from_host(std::span<const float>(golden_image(name, shape)), shape, where.dtype, queue);
    };
    const auto ids = golden_labels("agreement.label",
                                   {.n = images, .height = height, .width = width, .classes = classes, .block = 8});
    const std::vector<std::int64_t> labels(ids.begin(), ids.end());
    batch_ = {image("agreement.rgb", 3),
              image("agreement.thermal", 1),
              engine::from_host(std::span<const std::int64_t>(labels), {images, height, width}, DType::u8, queue),
              {}};
  }

  Values features() {
    Values values;
    const auto keep = [&](const std::string& name, const Tensor& value) {
      values[name] = engine::download(value);
    };
    const engine::NoGradient no_gradient;
    keep("logits", recipe_.model()({batch_.rgb, batch_.thermal, keep}, Mode::evaluate));
    return values;
  }

  // One step; gradients under "grad.NAME", the rest under its own name.
  Values step(Mode mode) {
    Values values;
    const auto losses = recipe_.differentiate(batch_, {.mode = mode});
    values["loss"] = {engine::read_scalar(losses.back().second)};
    for (const auto& parameter : recipe_.state().parameters())
      values["grad." + parameter.name] = engine::download(parameter.tensor.grad());
    recipe_.update();
    for (const auto& entry : recipe_.state().entries())
      if (entry.tensor) values[entry.name] = engine::download(entry.tensor);
    for (const auto& state : recipe_.optimizers()[0]->state())
      values["optimizer." + state.name] = engine::download(state.tensor);
    return values;
  }

  train::Supervised& recipe() { return recipe_; }
  const train::Batch& batch() const { return batch_; }

 private:
  train::Supervised recipe_;
  train::Batch batch_;
};

void expect_close(const Values& got, const Values& want, double tolerance, const std::string& label) {
  REQUIRE(got.size() == want.size());
  for (const auto& [name, values] : want) {
    REQUIRE(got.count(name) == 1);
    test::expect_close(got.at(name), values, tolerance, label + " " + name);
  }
}

NamedGradients gradients_of(const Values& values) {
  NamedGradients gradients;
  for (const auto& [name, value] : values)
    if (name.starts_with("grad.")) gradients.emplace_back(name, value);
  return gradients;
}

// With so few channels bf16 itself turns some gradients by more than a cosine of 0.98, on the cpu as well.
void compare_half_gradients(const NamedGradients& got, const NamedGradients& want, const NamedGradients& on_cpu) {
  const auto here = cosines(got, want), there = cosines(on_cpu, want);
  for (std::size_t i = 0; i < here.size(); ++i) {
    INFO(here[i].first << ": cosine " << here[i].second << ", on the cpu " << there[i].second);
    CHECK(here[i].second >= std::min(0.98, there[i].second - 0.01));
  }
}

void compare_with_reference(const std::string& model) {
  const auto queue = cuda_queue();
  if (!queue) return;
  Side exact(model, {reference_queue(), DType::f64});
  const Values features = exact.features(), step = exact.step(frozen);
  {
    Side single(model, {queue, DType::f32});
    expect_close(single.features(), features, 1e-4, model + " f32, evaluation:");
    expect_close(single.step(frozen), step, 1e-4, model + " f32, a step:");
  }
  {
    Side half(model, {queue, DType::bf16});
    expect_close(half.features(), features, 2e-2, model + " bf16, evaluation:");
    const Values rough = half.step(frozen);
    CHECK(rough.at("loss")[0] == Approx(step.at("loss")[0]).epsilon(2e-2));
    compare_half_gradients(gradients_of(rough), gradients_of(step),
                           gradients_of(Side(model, {queue_of(DeviceKind::cpu), DType::bf16}).step(frozen)));
    for (const auto& [name, values] : step)
      if (!name.starts_with("grad.") && !name.starts_with("optimizer."))
        test::expect_close(rough.at(name), values, 2e-2, model + " bf16, after a step: " + name);
  }
}

}  // namespace

TEST_CASE("mfnet evaluates and trains on device cuda as on reference", "[cuda]") {
  compare_with_reference("mfnet");
}

TEST_CASE("rtfnet18 evaluates and trains on device cuda as on reference", "[cuda]") {
  compare_with_reference("rtfnet18");
}

TEST_CASE("cenet evaluates and trains on device cuda as on reference", "[cuda]") {
  compare_with_reference("cenet");
}

TEST_CASE("eknet evaluates and trains on device cuda as on reference", "[cuda]") {
  compare_with_reference("eknet");
}

TEST_CASE("a training step on device cuda repeats bit for bit", "[cuda]") {
  const auto queue = cuda_queue();
  if (!queue) return;
  for (const DType dtype : {DType::f32, DType::bf16}) {
    Side one("mfnet", {queue, dtype}), other("mfnet", {queue_of(DeviceKind::cuda, 3), dtype});
    CHECK(one.step(Mode::train) == other.step(Mode::train));
  }
}
