// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/launch.h"

#include "kernels/cuda/emulation/runtime.h"
#include "kernels/error.h"

namespace kernels::cuda::emulation {

namespace {

EmulatedRuntime& runtime_of(Queue& queue) {
  if (queue.device().kind != DeviceKind::cuda)
    throw DeviceError("a kernel of device cuda was called with a queue of device {}", to_string(queue.device()));
  return static_cast<EmulatedRuntime&>(queue.runtime());
}

}  // namespace

void run_grid(Queue& queue, const Block::Grid& grid, const std::function<void()>& body) {
  // Kept, because making the stacks of a thousand threads costs more than most launches.
  thread_local Block block;
  EmulatedRuntime& runtime = runtime_of(queue);
  const HostGuard::Open open(runtime.guard());
  block.run(grid, runtime.options(), body);
}

void set_options(Queue& queue, const Options& options) {
  runtime_of(queue).set_options(options);
}

std::uint64_t downloads(Queue& queue) {
  return runtime_of(queue).downloads();
}

}  // namespace kernels::cuda::emulation
