// SPDX-License-Identifier: Apache-2.0
#include "kernels/queue.h"

#include <algorithm>
#include <thread>

#include "kernels/error.h"

namespace kernels {

Queue::Queue(Device device, const QueueOptions& options) : device_(device), products_(options.products) {
  if (options.threads < 0) throw UsageError("--threads {}: expected 0 (all cores) or more", options.threads);
  if (options.products == Products::tf32 && device.kind != DeviceKind::cuda)
    throw UsageError("--precision tf32: a format of GPUs, which device {} does not have", to_string(device));
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  threads_ = device.kind == DeviceKind::reference ? 1 : options.threads == 0 ? cores : options.threads;
  runtime_ = open_runtime(device);
  memory_ = std::make_unique<Memory>(*runtime_);
}

Queue::~Queue() {
  backend_state_.reset();
}

}  // namespace kernels
