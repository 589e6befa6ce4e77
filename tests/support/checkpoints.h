// SPDX-License-Identifier: Apache-2.0
// PyTorch checkpoints for tests: the fixtures that PyTorch wrote, and archives around pickles made by hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/formats/zip_writer.h"

namespace test {

// tests/fixtures/pth/NAME of the source tree.
inline std::filesystem::path pth_fixture(const std::string& name) {
  return std::filesystem::path(ISOTHERM_SOURCE_DIR) / "tests/fixtures/pth" / name;
}

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// A zip archive of these entries.
inline std::string archive_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string bytes;
  engine::ZipWriter writer(
      [&](const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); });
  for (const auto& [name, content] : entries) writer.add(name, std::string_view(content));
  writer.finish();
  return bytes;
}

// A checkpoint whose pickle is protocol 2 with these opcodes; storage "0" has `storage` as its bytes.
inline std::string checkpoint_of(const std::string& opcodes, const std::string& storage = std::string(64, '\0')) {
  return archive_of({{"a/data.pkl", std::string("\x80\x02") + opcodes}, {"a/data/0", storage}});
}

// Opcodes of a tensor over storage "0" of 16 floats: shape and strides as opcodes of a tuple, for example "K\x02\x85".
inline std::string tensor_opcodes(const std::string& shape, const std::string& strides,
                                  const std::string& storage_class = "torch\nFloatStorage",
                                  const std::string& offset = std::string("K\0", 2)) {
  const auto text = [](const std::string& letters) {
    return "X" + std::string(1, static_cast<char>(letters.size())) + std::string(3, '\0') + letters;
  };
  return "ctorch._utils\n"
         "_rebuild_tensor_v2\n((" +
         text("storage") + "c" + storage_class + "\n" + text("0") + text("cpu") + "K\x10tQ" + offset + shape + strides +
         "\x89" + "ccollections\nOrderedDict\n)RtR";
}

}  // namespace test
