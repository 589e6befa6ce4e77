// SPDX-License-Identifier: Apache-2.0
// Device cuda in a build that emulates it.
#include "kernels/cuda/devices.h"

#include "kernels/cuda/emulation/runtime.h"
#include "kernels/error.h"

namespace kernels::cuda {

Devices devices() {
  return {.count = 1, .emulated = true, .none_because = {}};
}

std::unique_ptr<DeviceRuntime> open_runtime(int index) {
  if (index != 0) throw DeviceError("cuda:{}: there is one emulated device, cuda:0", index);
  return std::make_unique<emulation::EmulatedRuntime>();
}

std::string description(int) {
  return "emulated";
}

DeviceFacts facts_of(int) {
  return {};
}

std::string library_version() {
  return "cuda (emulated)";
}

}  // namespace kernels::cuda
