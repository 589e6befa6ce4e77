// SPDX-License-Identifier: Apache-2.0
#include "kernels/device.h"

#include <charconv>

#include "kernels/cuda/devices.h"
#include "kernels/error.h"

namespace kernels {

std::string to_string(const Device& device) {
  switch (device.kind) {
    case DeviceKind::reference:
      return "reference";
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return fmt::format("cuda:{}", device.index);
  }
  return "?";
}

Device parse_device(std::string_view text) {
  if (text == "reference") return {DeviceKind::reference};
  if (text == "cpu") return {DeviceKind::cpu};
  if (text == "auto") {
    const cuda::Devices found = cuda::devices();
    return {found.count > 0 && !found.emulated ? DeviceKind::cuda : DeviceKind::cpu};
  }
  if (text != "cuda" && !text.starts_with("cuda:"))
    throw UsageError("--device {}: expected auto, cpu, cuda, cuda:N or reference", text);
  Device device{DeviceKind::cuda};
  if (text != "cuda") {
    const std::string_view number = text.substr(5);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), device.index);
    if (error != std::errc() || end != number.data() + number.size() || device.index < 0)
      throw UsageError("--device {}: expected cuda:N with N from 0", text);
  }
  const cuda::Devices found = cuda::devices();
  if (found.count == 0) throw DeviceError("--device {}: {}; devices here: cpu, reference", text, found.none_because);
  if (device.index >= found.count)
    throw DeviceError("--device {}: the CUDA devices here are cuda:0 to cuda:{}", text, found.count - 1);
  return device;
}

Precision parse_precision(std::string_view text) {
  if (text == "f32") return Precision::f32;
  if (text == "tf32") return Precision::tf32;
  if (text == "bf16") return Precision::bf16;
  throw UsageError("--precision {}: expected f32, tf32 or bf16", text);
}

const char* name_of(Precision precision) {
  switch (precision) {
    case Precision::f32:
      return "f32";
    case Precision::tf32:
      return "tf32";
    case Precision::bf16:
      return "bf16";
  }
  return "?";
}

std::string instruction_set() {
  if (__builtin_cpu_supports("avx512bf16")) return "avx512_bf16";
  if (__builtin_cpu_supports("avx512f")) return "avx512";
  return "avx2";
}

std::string library_versions() {
  std::string versions = cpu::library_version();
  for (const std::string& of_cuda :
       {cuda::library_version(), cuda::convolution_library_version(), cuda::matmul_library_version()})
    if (!of_cuda.empty()) versions += ", " + of_cuda;
  return versions;
}

}  // namespace kernels
