// SPDX-License-Identifier: Apache-2.0
// What the two targets of PyTorch checkpoints share.
#pragma once

#include <string>

#include "engine/formats/pth.h"
#include "kernels/error.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz {

// Reads every tensor, unless the content is refused by CheckpointError.
inline void read_checkpoint(const std::string& content) {
  try {
    const auto file = engine::PthFile::parse("input", std::as_bytes(std::span(content)));
    for (const engine::PthPart& part : file.parts)
      for (const engine::TensorRecord& record : part.tensors) read_values(record);
  } catch (const kernels::CheckpointError&) {
  }
}

}  // namespace fuzz
