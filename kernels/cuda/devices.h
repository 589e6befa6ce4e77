// SPDX-License-Identifier: Apache-2.0
// The CUDA devices of this machine. Nothing here touches the driver before it is called.
#pragma once

#include <memory>
#include <string>

#include "kernels/device_facts.h"
#include "kernels/device_runtime.h"

namespace kernels::cuda {

// Which devices this build can open. `none_because` says why there are none: "no CUDA-capable device is detected".
struct Devices {
  int count = 0;
  bool emulated = false;
  std::string none_because;
};
Devices devices();

// Throws DeviceError where there is no such device.
std::unique_ptr<DeviceRuntime> open_runtime(int index);

// "NVIDIA H200, compute capability 9.0"; "emulated".
std::string description(int index);

// "cuDNN 9.19.0" and "cuBLASLt 13.1.0"; empty in a build without them.
std::string convolution_library_version();
std::string matmul_library_version();

// Empty where the device is emulated. Throws DeviceError where there is no such device.
DeviceFacts facts_of(int index);

// "CUDA 13.0", "cuda (emulated)"; empty in a build without the device.
std::string library_version();

}  // namespace kernels::cuda
