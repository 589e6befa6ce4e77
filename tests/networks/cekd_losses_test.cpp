// SPDX-License-Identifier: Apache-2.0
// CEKD's losses against their authors' numbers on device cuda, emulated or not.
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden_losses.h"

using namespace test;

TEST_CASE("cekd's losses and their gradients equal its authors' on device cuda", "[cuda]") {
  if (const auto queue = cuda_queue()) compare_cekd_losses({queue, DType::f32}, {.tensor = 1e-4, .scalar = 1e-5});
}
