// SPDX-License-Identifier: Apache-2.0
// Zip archives of stored entries (PKWARE's APPNOTE 6.3.10, with zip64), as PyTorch's checkpoints are. Entries are
// addresses in the mapped file: nothing is copied and nothing is unpacked, so that no entry is larger than it looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace engine {

struct ZipEntry {
  std::string name;
  std::span<const std::byte> data;
  std::size_t offset = 0;   // Of the data in the archive.
  std::uint32_t check = 0;  // CRC-32; 0 where the writer computed none.
};

class ZipArchive {
 public:
  // Checks every place and size against the archive's. `file` names it in errors; `bytes` must outlive the result.
  // Throws CheckpointError: damaged, encrypted or compressed entries, two entries of one name.
  static ZipArchive parse(const std::string& file, std::span<const std::byte> bytes);

  const std::vector<ZipEntry>& entries() const { return entries_; }  // In the order of the directory.
  const ZipEntry* find(const std::string& name) const;               // Null where there is none.
  // Compares the data with the CRC-32 of the directory. Throws CheckpointError.
  void verify(const ZipEntry& entry) const;

 private:
  std::string file_;
  std::vector<ZipEntry> entries_;
  std::map<std::string, std::size_t> index_;
};

// Whether a file with these first bytes is meant to be a zip archive.
bool looks_like_zip(std::span<const std::byte> bytes);

}  // namespace engine
