// SPDX-License-Identifier: Apache-2.0
// Any bytes after the magic number are a legacy PyTorch checkpoint or are refused by CheckpointError.
#include <string>

#include "engine/formats/pth.h"
#include "kernels/error.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The inputs of the corpus begin behind the magic number, which no mutation would find again.
  std::string content("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15);
  content.append(reinterpret_cast<const char*>(data), size);
  try {
    const auto file = engine::PthFile::parse("input", std::as_bytes(std::span(content)));
    for (const engine::PthPart& part : file.parts)
      for (const engine::TensorRecord& record : part.tensors) fuzz::read_values(record);
  } catch (const kernels::CheckpointError&) {
  }
  return 0;
}
