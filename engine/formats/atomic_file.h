// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all: written beside its name, synced, renamed, and the folder synced, so that a
// process killed at any instant leaves either the old file or the new one under the name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace engine {

class AtomicFile {
 public:
  // Opens "<path>.partial" (what an earlier, killed writer left there is overwritten). The folder must exist. One
  // writer per path at a time. Throws FileError, as every function here.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();  // Without commit, the partial file is removed and `path` stays as it was.
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  [[noreturn]] void give_up(const std::filesystem::path& path, const char* what);

  std::filesystem::path path_, partial_;
  int descriptor_ = -1;
};

// A whole file in one call.
void write_file(const std::filesystem::path& path, std::string_view content);

// The folder and those above it; nothing where it is there already.
void create_folder(const std::filesystem::path& folder);

}  // namespace engine
