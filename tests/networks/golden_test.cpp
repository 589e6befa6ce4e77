// SPDX-License-Identifier: Apache-2.0
// The original authors' networks on device cuda: MFNet's features also where the device is emulated, everything on a
// GPU. tests/models and tests/train hold the same against the other devices.
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden_comparison.h"

using namespace test;
using engine::nn::Mode;

namespace {

void compare_features(const GoldenName& golden, const std::shared_ptr<kernels::Queue>& queue) {
  if (!queue) return;
  compare_evaluation(golden, {queue, DType::f32}, float_tolerance());
  compare_evaluation(golden, {queue, DType::bf16}, always(2e-2));
}

// With frozen batch norm, where float32 gradients are well conditioned; bf16 ones point the way of float32's.
void compare_frozen(const GoldenName& golden, const std::shared_ptr<kernels::Queue>& queue) {
  if (!queue) return;
  compare_training(golden, Mode::frozen_batch_norm, {queue, DType::f32}, {.tensor = 1e-4, .scalar = 1e-4});
  const double worst = compare_directions(frozen_gradients(golden, {queue, DType::bf16}),
                                          frozen_gradients(golden, {queue, DType::f32}), 0.98);
  WARN(golden.name << ": worst cosine of bf16 gradients " << worst);
}

void compare_steps(const GoldenName& golden, const std::shared_ptr<kernels::Queue>& queue) {
  if (!queue) return;
  compare_training(golden, Mode::train, {queue, DType::f32}, {.tensor = 1e-4, .scalar = 1e-5, .gradients = false});
}
void compare_drifting_steps(const GoldenName& golden, const std::shared_ptr<kernels::Queue>& queue) {
  if (!queue) return;
  compare_training(golden, Mode::train, {queue, DType::f32},
                   {.tensor = 1e-4, .scalar = 1e-3, .gradients = false, .recorded_drift = true});
}

}  // namespace

TEST_CASE("mfnet equals its authors' features on device cuda", "[cuda][slow]") {
  compare_features({"mfnet", "mfnet_eval", "mfnet"}, cuda_queue());
}
TEST_CASE("rtfnet18 equals its authors' features on a GPU", "[cuda]") {
  compare_features({"rtfnet", "rtfnet18_eval", "rtfnet18"}, gpu_queue());
}
TEST_CASE("rtfnet50 equals its authors' features on a GPU", "[cuda][memory]") {
  compare_features({"rtfnet", "rtfnet50_eval", "rtfnet50"}, gpu_queue());
}
TEST_CASE("rtfnet50 equals its authors' features at 480x640 on a GPU", "[cuda][memory]") {
  if (const auto queue = gpu_queue())
    compare_evaluation({"rtfnet", "rtfnet50_eval_480x640", "rtfnet50"}, {queue, DType::f32}, always(1e-4));
}

TEST_CASE("cenet and eknet equal their authors' features on a GPU", "[cuda][memory]") {
  const auto queue = gpu_queue();
  if (!queue) return;
  for (const GoldenName& golden :
       {GoldenName{"cekd", "cenet_eval_64x96", "cenet"}, {"cekd", "eknet_eval_64x96", "eknet"}}) {
    compare_evaluation(golden, {queue, DType::f32}, float_tolerance());
    compare_evaluation(golden, {queue, DType::bf16}, always(5e-2));
  }
  compare_evaluation({"cekd", "cenet_eval_480x640", "cenet"}, {queue, DType::f32}, always(1e-4));
  compare_evaluation({"cekd", "eknet_eval_480x640", "eknet"}, {queue, DType::f32}, always(1e-4));
}

TEST_CASE("mfnet: loss, logits and updates equal its authors' on a GPU", "[cuda]") {
  compare_steps({"mfnet", "mfnet_train", "mfnet"}, gpu_queue());
}
// Statistics of 12 values in the deepest layers: float32 drifts, as the fixtures record.
TEST_CASE("rtfnet18: loss, logits and updates equal its authors' on a GPU", "[cuda]") {
  compare_drifting_steps({"rtfnet", "rtfnet18_train", "rtfnet18"}, gpu_queue());
}
TEST_CASE("rtfnet50: loss, logits and updates equal its authors' on a GPU", "[cuda][memory]") {
  compare_drifting_steps({"rtfnet", "rtfnet50_train", "rtfnet50"}, gpu_queue());
}
TEST_CASE("rtfnet18: gradients with frozen batch norm equal its authors' on a GPU", "[cuda]") {
  compare_frozen({"rtfnet", "rtfnet18_frozen_bn_gradient", "rtfnet18"}, gpu_queue());
}
TEST_CASE("rtfnet50: gradients with frozen batch norm equal its authors' on a GPU", "[cuda][memory]") {
  compare_frozen({"rtfnet", "rtfnet50_frozen_bn_gradient", "rtfnet50"}, gpu_queue());
}
