// SPDX-License-Identifier: Apache-2.0
#include "kernels/packed_weights.h"

#include "kernels/conv2d.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

#ifdef ISOTHERM_HAVE_ONEDNN
TEST_CASE("packed weights are kept unless they shall be temporary, and change no result", "[sanitize]") {
  const Where where{queue_of(DeviceKind::cpu), DType::f32};
  const Twin x = random_twin(where, {1, 64, 6, 10}, 1);
  const Tensor weight = random_parameter(where, {48, 64, 3, 3}, 2).here;
  const auto held_after_two_uses = [&](kernels::PackedWeights packed, const Guarded& y) {
    kernels::set_packed_weights(*where.queue, packed);
    for (int use = 0; use < 2; ++use)
      kernels::conv2d_forward(*where.queue, kernels::Conv2dOptions{.padding = 1}, x.here, weight,
                              kernels::Conv2dEpilogue{}, y.view());
    return where.queue->memory().statistics().in_use;
  };
  const Guarded first(where.queue, {1, 48, 6, 10}, DType::f32), second(where.queue, {1, 48, 6, 10}, DType::f32);
  const auto temporary = held_after_two_uses(kernels::PackedWeights::temporary, first);
  const auto kept = held_after_two_uses(kernels::PackedWeights::kept, second);
  CHECK(kept >= temporary + static_cast<std::size_t>(weight.elements()) * sizeof(float));
  expect_identical(first, second, "temporary and kept");
  CHECK(held_after_two_uses(kernels::PackedWeights::temporary, first) == temporary);
  kernels::set_packed_weights(*where.queue, kernels::PackedWeights::kept);
}
#endif
