// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/launch.h"

namespace kernels::cuda::emulation {

void run_grid(const Block::Grid& grid, const std::function<void()>& body) {
  // Kept, because making the stacks of a thousand threads costs more than most launches.
  thread_local Block block;
  block.run(grid, body);
}

}  // namespace kernels::cuda::emulation
