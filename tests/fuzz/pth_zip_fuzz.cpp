// SPDX-License-Identifier: Apache-2.0
// Any bytes that begin like a zip archive are a PyTorch checkpoint or are refused by CheckpointError. Others are taken
// as the pickle of a whole archive: checksums would hide the pickle machine from mutations.
#include <string>

#include "engine/formats/zip_archive.h"
#include "engine/formats/zip_writer.h"
#include "tests/fuzz/pth_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string content(reinterpret_cast<const char*>(data), size);
  if (!engine::looks_like_zip(fuzz::bytes(data, size))) {
    content.clear();
    engine::ZipWriter writer(
        [&](const void* from, std::size_t length) { content.append(static_cast<const char*>(from), length); });
    writer.add("a/data.pkl", fuzz::bytes(data, size));
    for (const char* key : {"0", "1", "2"}) writer.add(std::string("a/data/") + key, std::string(96, *key));
    writer.finish();
  }
  fuzz::read_checkpoint(content);
  return 0;
}
