// SPDX-License-Identifier: Apache-2.0
// Writes zip archives of stored entries, zip64 where sizes or places need it, through any sink of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

class ZipWriter {
 public:
  using Sink = std::function<void(const void* data, std::size_t bytes)>;
  explicit ZipWriter(Sink sink) : sink_(std::move(sink)) {}

  // The data begins at a multiple of 64 bytes, as PyTorch wants it for mapping. Names are ASCII and differ.
  void add(const std::string& name, std::span<const std::byte> data);
  void add(const std::string& name, std::string_view text) { add(name, std::as_bytes(std::span(text))); }
  // The directory; nothing may be added afterwards.
  void finish();

 private:
  void write(std::string_view bytes);

  Sink sink_;
  std::uint64_t position_ = 0, entries_ = 0;
  std::string directory_;
};

}  // namespace engine
