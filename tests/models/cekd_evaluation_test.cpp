// SPDX-License-Identifier: Apache-2.0
// Features, edge maps, exponents and logits of CENet and EKNet in evaluation mode against their authors' numbers.
#include "tests/support/catch.h"
#include "tests/support/golden_comparison.h"

using namespace test;

namespace {

const GoldenName cenet{"cekd", "cenet_eval_64x96", "cenet"}, eknet{"cekd", "eknet_eval_64x96", "eknet"};

void compare_in_double(const GoldenName& golden) {
  compare_evaluation(golden, {reference_queue(), DType::f64}, always(2e-6));
}
void compare_on_cpu(const GoldenName& golden) {
  compare_evaluation(golden, {queue_of(DeviceKind::cpu), DType::f32}, float_tolerance());
  compare_evaluation(golden, {queue_of(DeviceKind::cpu), DType::bf16}, always(5e-2));
}
// Stored from a float32 run.
void compare_whole_image(const GoldenName& golden) {
  compare_evaluation(golden, {queue_of(DeviceKind::cpu), DType::f32}, always(1e-4));
}

}  // namespace

TEST_CASE("cenet equals its authors' features in evaluation mode, in f32 and bf16", "[memory]") {
  compare_on_cpu(cenet);
}
TEST_CASE("eknet equals its authors' features in evaluation mode, in f32 and bf16", "[memory]") {
  compare_on_cpu(eknet);
}
TEST_CASE("cenet equals its authors' features in evaluation mode, in double", "[memory][slow]") {
  compare_in_double(cenet);
}
TEST_CASE("eknet equals its authors' features in evaluation mode, in double", "[memory][slow]") {
  compare_in_double(eknet);
}
TEST_CASE("cenet equals its authors' features at 480x640", "[memory]") {
  compare_whole_image({"cekd", "cenet_eval_480x640", "cenet"});
}
TEST_CASE("eknet equals its authors' features at 480x640", "[memory]") {
  compare_whole_image({"cekd", "eknet_eval_480x640", "eknet"});
}
