// SPDX-License-Identifier: Apache-2.0
// Features and logits of the original authors' networks in evaluation mode.
#include "engine/autograd.h"
#include "tests/support/catch.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"

using namespace test;
using engine::nn::Mode;

namespace {

// Runs the case and compares every stored tensor; tolerance(name) is relative to the stored tensor's maximum.
template <class Tolerance>
void compare(const std::string& folder, const std::string& name, const std::string& model,
             const std::shared_ptr<kernels::Queue>& queue, DType dtype, Tolerance&& tolerance) {
  const GoldenCase golden(folder, name);
  const auto network = golden.network(model, queue);
  models::Inputs in = golden.inputs(queue, dtype);
  int compared = 0;
  const auto check = [&](const std::string& feature, const Tensor& value) {
    if (!golden.has(feature)) return;
    ++compared;
    expect_close(golden.thinned(feature, engine::download(value)), golden.values(feature), tolerance(golden, feature),
                 name + " " + feature);
  };
  in.listener = check;
  const engine::NoGradient no_gradient;
  check("logits", (*network->model)(in, Mode::evaluate));
  CHECK(compared == static_cast<int>(golden.tensors().size()));
}

const auto exact = [](const GoldenCase&, const std::string&) {
  return 2e-6;
};
const auto single = [](const GoldenCase& golden, const std::string& name) {
  return golden.float_tolerance(name);
};
const auto half = [](const GoldenCase&, const std::string&) {
  return 2e-2;
};

}  // namespace

TEST_CASE("mfnet equals its authors' features in evaluation mode", "[sanitize]") {
  compare("mfnet", "mfnet_eval", "mfnet", reference_queue(), DType::f64, exact);
  compare("mfnet", "mfnet_eval", "mfnet", queue_of(DeviceKind::cpu), DType::f32, single);
  compare("mfnet", "mfnet_eval", "mfnet", queue_of(DeviceKind::cpu), DType::bf16, half);
}

TEST_CASE("rtfnet18 equals its authors' features in evaluation mode") {
  compare("rtfnet", "rtfnet18_eval", "rtfnet18", reference_queue(), DType::f64, exact);
  compare("rtfnet", "rtfnet18_eval", "rtfnet18", queue_of(DeviceKind::cpu), DType::f32, single);
  compare("rtfnet", "rtfnet18_eval", "rtfnet18", queue_of(DeviceKind::cpu), DType::bf16, half);
}

TEST_CASE("rtfnet50 equals its authors' features in evaluation mode, in f32 and bf16", "[memory]") {
  compare("rtfnet", "rtfnet50_eval", "rtfnet50", queue_of(DeviceKind::cpu), DType::f32, single);
  compare("rtfnet", "rtfnet50_eval", "rtfnet50", queue_of(DeviceKind::cpu), DType::bf16, half);
}

TEST_CASE("rtfnet50 equals its authors' features in evaluation mode, in double", "[memory][slow]") {
  compare("rtfnet", "rtfnet50_eval", "rtfnet50", reference_queue(), DType::f64, exact);
}

TEST_CASE("rtfnet50 equals its authors' features at 480x640", "[memory]") {
  // Stored from a float32 run.
  compare("rtfnet", "rtfnet50_eval_480x640", "rtfnet50", queue_of(DeviceKind::cpu), DType::f32,
          [](const GoldenCase&, const std::string&) { return 1e-4; });
}
