// SPDX-License-Identifier: Apache-2.0
// CEKD's losses against their authors' numbers; tests/networks has the same on device cuda.
#include "tests/support/catch.h"
#include "tests/support/golden_losses.h"

using namespace test;

TEST_CASE("cekd's losses and their gradients equal its authors', in double", "[sanitize]") {
  compare_cekd_losses({reference_queue(), DType::f64}, {.tensor = 2e-6, .scalar = 1e-5});
}
TEST_CASE("cekd's losses and their gradients equal its authors', in f32", "[sanitize]") {
  compare_cekd_losses({queue_of(DeviceKind::cpu), DType::f32}, {.tensor = 1e-4, .scalar = 1e-5});
}
