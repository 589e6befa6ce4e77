// SPDX-License-Identifier: Apache-2.0
// Any bytes after the magic number are a legacy PyTorch checkpoint or are refused by CheckpointError.
#include <string>

#include "tests/fuzz/pth_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The inputs of the corpus begin behind the magic number, which no mutation would find again.
  std::string content("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15);
  content.append(reinterpret_cast<const char*>(data), size);
  fuzz::read_checkpoint(content);
  return 0;
}
