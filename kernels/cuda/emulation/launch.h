// SPDX-License-Identifier: Apache-2.0
// Launches under emulation.
#pragma once

#include <functional>

#include "kernels/cuda/emulation/block.h"
#include "kernels/queue.h"

namespace kernels::cuda::emulation {

// Runs the grid to its end. Throws DeviceError that names the kernel, block and thread where the emulator finds a
// mistake.
void run_grid(Queue& queue, const Block::Grid& grid, const std::function<void()>& body);

// Gives the kernels of one queue options of their own, in place of the process's.
void set_options(Queue& queue, const Options& options);

// How often the host has waited for data of this queue's device. A training step should not.
std::uint64_t downloads(Queue& queue);

}  // namespace kernels::cuda::emulation
