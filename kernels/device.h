// SPDX-License-Identifier: Apache-2.0
// Where tensors live and kernels run.
#pragma once

#include <string>
#include <string_view>

namespace kernels {

// reference: plain loops in double, the truth. cpu: oneDNN and parallel loops, f32 and bf16. cuda: hand-written
// kernels.
enum class DeviceKind { reference, cpu, cuda };

struct Device {
  DeviceKind kind = DeviceKind::cpu;
  int index = 0;  // Which GPU; 0 for the others.
  friend bool operator==(const Device&, const Device&) = default;
};

std::string to_string(const Device& device);  // "cpu", "reference", "cuda:0"

// "reference", "cpu", "cuda", "cuda:N" or "auto" (CUDA where a GPU works, never an emulated one; else cpu).
// Throws UsageError for another word, DeviceError where this build or machine has no such device.
Device parse_device(std::string_view text);

// The precision that networks compute in. f32 is exact FFMA arithmetic; bf16 keeps float32 master weights, statistics,
// softmax and accumulation.
enum class Precision { f32, tf32, bf16 };
Precision parse_precision(std::string_view text);
const char* name_of(Precision precision);

// "avx512_bf16", "avx512" or "avx2": the widest instruction set of this machine that a kernel here makes use of.
std::string instruction_set();

// Versions of the libraries that decide numbers: "oneDNN 3.2.1, CUDA 13.0", "no oneDNN", "no oneDNN, cuda (emulated)".
std::string library_versions();
namespace cpu {
std::string library_version();  // oneDNN's part.
}

}  // namespace kernels
