// SPDX-License-Identifier: Apache-2.0
// Losses, logits, gradients and two optimizer steps of the original authors' networks.
#include "tests/support/catch.h"
#include "tests/support/golden_comparison.h"

using namespace test;
using engine::nn::Mode;

namespace {

const GoldenName mfnet{"mfnet", "mfnet_train", "mfnet"}, rtfnet18{"rtfnet", "rtfnet18_train", "rtfnet18"},
    rtfnet18_frozen{"rtfnet", "rtfnet18_frozen_bn_gradient", "rtfnet18"},
    rtfnet50{"rtfnet", "rtfnet50_train", "rtfnet50"},
    rtfnet50_frozen{"rtfnet", "rtfnet50_frozen_bn_gradient", "rtfnet50"};

void compare_in_double(const GoldenName& golden, Mode mode) {
  compare_training(golden, mode, {reference_queue(), DType::f64}, {.tensor = 2e-6, .scalar = 1e-6});
}
Computing on_cpu(DType dtype) {
  return {queue_of(DeviceKind::cpu), dtype};
}

}  // namespace

TEST_CASE("mfnet: loss, gradients and two steps equal its authors', in double") {
  compare_in_double(mfnet, Mode::train);
}

TEST_CASE("rtfnet18: gradients with frozen batch norm equal its authors', in double", "[slow]") {
  compare_in_double(rtfnet18_frozen, Mode::frozen_batch_norm);
}
TEST_CASE("rtfnet18: loss, gradients and two steps equal its authors', in double", "[slow]") {
  compare_in_double(rtfnet18, Mode::train);
}
TEST_CASE("rtfnet50: gradients with frozen batch norm equal its authors', in double", "[slow][memory]") {
  compare_in_double(rtfnet50_frozen, Mode::frozen_batch_norm);
}
TEST_CASE("rtfnet50: loss, gradients and a step equal its authors', in double", "[slow][memory]") {
  compare_in_double(rtfnet50, Mode::train);
}

TEST_CASE("mfnet: loss, logits and updates equal its authors', in f32") {
  compare_training(mfnet, Mode::train, on_cpu(DType::f32), {.tensor = 1e-4, .scalar = 1e-5, .gradients = false});
}
TEST_CASE("rtfnet18: gradients with frozen batch norm equal its authors', in f32") {
  compare_training(rtfnet18_frozen, Mode::frozen_batch_norm, on_cpu(DType::f32), {.tensor = 1e-4, .scalar = 1e-4});
}
TEST_CASE("rtfnet50: gradients with frozen batch norm equal its authors', in f32", "[memory]") {
  compare_training(rtfnet50_frozen, Mode::frozen_batch_norm, on_cpu(DType::f32), {.tensor = 1e-4, .scalar = 1e-4});
}

TEST_CASE("rtfnet18: bf16 gradients with frozen batch norm point the way of the exact ones") {
  const double worst = compare_directions(frozen_gradients(rtfnet18_frozen, on_cpu(DType::bf16)),
                                          frozen_gradients(rtfnet18_frozen, on_cpu(DType::f32)), 0.98);
  WARN("worst cosine " << worst);
}
