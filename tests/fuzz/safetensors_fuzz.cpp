// SPDX-License-Identifier: Apache-2.0
// Any bytes are a safetensors file or are refused by CheckpointError; nothing else may happen.
#include "engine/formats/safetensors.h"
#include "kernels/error.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto file = engine::SafetensorsFile::parse("input", fuzz::bytes(data, size));
    for (const engine::TensorRecord& record : file.records()) fuzz::read_values(record);
  } catch (const kernels::CheckpointError&) {
  }
  return 0;
}
