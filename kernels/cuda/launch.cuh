// SPDX-License-Identifier: Apache-2.0
// The only place that launches kernels. Errors are checked here and name the kernel.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cuda/surface.cuh"
#include "kernels/error.h"
#include "kernels/queue.h"

#if defined(__CUDACC__)
#include "kernels/cuda/hardware/runtime.cuh"
#else
#include "kernels/cuda/emulation/launch.h"
#endif

namespace kernels::cuda {

struct Grid {
  const char* kernel;  // Its name in messages and profiles: "reduce_sum, columns".
  dim3 blocks, threads;
  std::size_t shared_bytes = 0;  // Of DYN_SHARED.
};

// How many blocks of `per_block` items cover `count`; no more than `most` where the kernel's threads stride on.
inline unsigned blocks_for(std::int64_t count, std::int64_t per_block, std::int64_t most = 0x7FFFFFFF) {
  return static_cast<unsigned>(std::min(most, (count + per_block - 1) / per_block));
}

// Runs kernel(arguments...) on the grid, in the order of the queue. A grid without blocks is nothing to do.
//   launch(queue, {"relu", blocks_for(count, 256), 256}, relu<float>, x, y, count);
template <class... Parameters, class... Arguments>
void launch(Queue& queue, const Grid& grid, void (*kernel)(Parameters...), const Arguments&... arguments) {
  static_assert(sizeof...(Parameters) == sizeof...(Arguments));
  if (grid.blocks.x == 0 || grid.blocks.y == 0 || grid.blocks.z == 0) return;
#if defined(__CUDACC__)
  if (grid.shared_bytes > (std::size_t{48} << 10))  // More must be asked for.
    check(
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(grid.shared_bytes)),
        grid.kernel);
  kernel<<<grid.blocks, grid.threads, grid.shared_bytes, stream_of(queue)>>>(arguments...);
  launched(queue, grid.kernel);
#else
  emulation::run_grid(queue, {grid.kernel, grid.blocks, grid.threads, grid.shared_bytes},
                      [&] { kernel(arguments...); });
#endif
}

}  // namespace kernels::cuda
