// SPDX-License-Identifier: Apache-2.0
// A launch under emulation: runs the grid to its end before it returns.
#pragma once

#include <functional>

#include "kernels/cuda/emulation/block.h"

namespace kernels::cuda::emulation {

// Throws DeviceError that names the kernel, block and thread where the emulator finds a mistake.
void run_grid(const Block::Grid& grid, const std::function<void()>& body);

}  // namespace kernels::cuda::emulation
