// SPDX-License-Identifier: Apache-2.0
#include "kernels/device_facts.h"

#include <fstream>

#include "kernels/cuda/devices.h"

namespace kernels {

namespace {

std::string processor_name() {
  std::ifstream information("/proc/cpuinfo");
  for (std::string line; std::getline(information, line);)
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
  return "unknown processor";
}

}  // namespace

DeviceFacts facts_of(const Device& device) {
  const DeviceFacts facts = device.kind == DeviceKind::cuda ? cuda::facts_of(device.index) : DeviceFacts{};
  return facts.name.empty() ? DeviceFacts{processor_name(), ""} : facts;
}

}  // namespace kernels
