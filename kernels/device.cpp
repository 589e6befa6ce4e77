// SPDX-License-Identifier: Apache-2.0
#include "kernels/device.h"

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
  if (text == "cpu" || text == "auto") return {DeviceKind::cpu};
  if (text == "cuda" || text.starts_with("cuda:"))
    throw DeviceError("--device {}: this build has no CUDA device; devices here: cpu, reference", text);
  throw UsageError("--device {}: expected auto, cpu, cuda, cuda:N or reference", text);
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

}  // namespace kernels
