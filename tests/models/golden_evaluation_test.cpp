// SPDX-License-Identifier: Apache-2.0
// Features and logits of the original authors' networks in evaluation mode.
#include "tests/support/catch.h"
#include "tests/support/golden_comparison.h"

using namespace test;

namespace {

const GoldenName mfnet{"mfnet", "mfnet_eval", "mfnet"}, rtfnet18{"rtfnet", "rtfnet18_eval", "rtfnet18"},
    rtfnet50{"rtfnet", "rtfnet50_eval", "rtfnet50"};

void compare_in_double(const GoldenName& golden) {
  compare_evaluation(golden, {reference_queue(), DType::f64}, always(2e-6));
}
void compare_on_cpu(const GoldenName& golden) {
  compare_evaluation(golden, {queue_of(DeviceKind::cpu), DType::f32}, float_tolerance());
  compare_evaluation(golden, {queue_of(DeviceKind::cpu), DType::bf16}, always(2e-2));
}

}  // namespace

TEST_CASE("mfnet equals its authors' features in evaluation mode", "[sanitize]") {
  compare_in_double(mfnet);
  compare_on_cpu(mfnet);
}

TEST_CASE("rtfnet18 equals its authors' features in evaluation mode") {
  compare_in_double(rtfnet18);
  compare_on_cpu(rtfnet18);
}

TEST_CASE("rtfnet50 equals its authors' features in evaluation mode, in f32 and bf16", "[memory]") {
  compare_on_cpu(rtfnet50);
}

TEST_CASE("rtfnet50 equals its authors' features in evaluation mode, in double", "[memory][slow]") {
  compare_in_double(rtfnet50);
}

TEST_CASE("rtfnet50 equals its authors' features at 480x640", "[memory]") {
  // Stored from a float32 run.
  compare_evaluation({"rtfnet", "rtfnet50_eval_480x640", "rtfnet50"}, {queue_of(DeviceKind::cpu), DType::f32},
                     always(1e-4));
}
