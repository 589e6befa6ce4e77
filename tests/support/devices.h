// SPDX-License-Identifier: Apache-2.0
// The devices of this build and machine, for tests that say the same of each. Device cuda may be a GPU or emulated.
#pragma once

#include <memory>
#include <vector>

#include "tests/support/kernel_test.h"

namespace test {

// Device cuda, emulated or not. None where there is no such device: the test case says that it was skipped, and why.
std::shared_ptr<kernels::Queue> cuda_queue();
// Device cuda where it is a GPU; for what takes too long emulated.
std::shared_ptr<kernels::Queue> gpu_queue();

// cpu, and cuda where it is here: the devices of f32 and bf16.
std::vector<std::shared_ptr<kernels::Queue>> working_queues();
// Those and reference.
std::vector<std::shared_ptr<kernels::Queue>> every_queue();

}  // namespace test
