// SPDX-License-Identifier: Apache-2.0
// A file as read-only memory (mmap): pages come from the disk when they are touched, and are shared with the cache.
#pragma once

#include <cstddef>
#include <filesystem>
#include <utility>

namespace engine {

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);  // Throws FileError.
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  const std::byte* data() const { return data_; }  // Page-aligned; null for an empty file.
  std::size_t size() const { return size_; }       // Bytes.

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace engine
