// SPDX-License-Identifier: Apache-2.0
// A build without device cuda.
#include "kernels/cuda/devices.h"
#include "kernels/error.h"

namespace kernels::cuda {

Devices devices() {
  return {.none_because = "this build has no CUDA device (ISOTHERM_CUDA)"};
}

std::unique_ptr<DeviceRuntime> open_runtime(int index) {
  throw DeviceError("cuda:{}: {}", index, devices().none_because);
}

std::string description(int index) {
  throw DeviceError("cuda:{}: {}", index, devices().none_because);
}

std::string convolution_library_version() {
  return {};
}

std::string matmul_library_version() {
  return {};
}

DeviceFacts facts_of(int index) {
  throw DeviceError("cuda:{}: {}", index, devices().none_because);
}

std::string library_version() {
  return {};
}

}  // namespace kernels::cuda
