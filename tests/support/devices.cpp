// SPDX-License-Identifier: Apache-2.0
#include "tests/support/devices.h"

#include "kernels/cuda/devices.h"
#include "tests/support/catch.h"

namespace test {

std::shared_ptr<kernels::Queue> cuda_queue() {
  const kernels::cuda::Devices found = kernels::cuda::devices();
  if (found.count > 0) return queue_of(DeviceKind::cuda, 1);
  WARN("skipped: " << found.none_because);
  return nullptr;
}

std::shared_ptr<kernels::Queue> gpu_queue() {
  if (kernels::cuda::devices().emulated) {
    WARN("skipped: device cuda is emulated, which takes too long here");
    return nullptr;
  }
  return cuda_queue();
}

std::vector<std::shared_ptr<kernels::Queue>> working_queues() {
  std::vector<std::shared_ptr<kernels::Queue>> queues = {queue_of(DeviceKind::cpu)};
  if (kernels::cuda::devices().count > 0) queues.push_back(queue_of(DeviceKind::cuda, 1));
  return queues;
}

std::vector<std::shared_ptr<kernels::Queue>> every_queue() {
  std::vector<std::shared_ptr<kernels::Queue>> queues = working_queues();
  queues.push_back(reference_queue());
  return queues;
}

}  // namespace test
