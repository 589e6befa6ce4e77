// SPDX-License-Identifier: Apache-2.0
// What records of measurements say of a device.
#pragma once

#include <string>

#include "kernels/device.h"

namespace kernels {

// {"NVIDIA H200, 132 multiprocessors, 140 GiB", "CUDA 13.0"}, or the name of the processor and no driver.
struct DeviceFacts {
  std::string name, driver;
};
// Throws DeviceError where there is no such device.
DeviceFacts facts_of(const Device& device);

}  // namespace kernels
