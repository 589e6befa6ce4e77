// SPDX-License-Identifier: Apache-2.0
// cp.async: copies from global to shared memory that land while the thread goes on, in groups that it waits for. Each
// thread waits for its own copies; others see them after a barrier only.
#pragma once

#include "kernels/cuda/emulation/block.h"

namespace kernels::cuda::emulation {

// from == nullptr writes zeros.
void issue_copy(void* to, const void* from, unsigned bytes, Site site);
void commit_copies();
// Returns when at most `pending` of the groups that this thread committed are still on their way.
void wait_for_copies(unsigned pending);

}  // namespace kernels::cuda::emulation
