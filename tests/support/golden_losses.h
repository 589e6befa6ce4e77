// SPDX-License-Identifier: Apache-2.0
// CEKD's losses against their authors' numbers, on any device.
#pragma once

#include "tests/support/golden_comparison.h"

namespace test {

// Every loss of the fixture and its gradient. `tensor`: of gradients, relative to their maximum; `scalar`: of losses.
void compare_cekd_losses(const Computing& where, const TrainingTolerance& allowed);

}  // namespace test
