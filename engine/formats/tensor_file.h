// SPDX-License-Identifier: Apache-2.0
// The tensors of an open weight file by name, whatever its format. Copies share the memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/formats/tensor_record.h"

namespace engine {

class TensorFile {
 public:
  explicit TensorFile(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  const std::vector<TensorRecord>& records() const { return records_; }  // In the order of the file.
  std::vector<std::string> names() const;
  const TensorRecord* find(const std::string& name) const;  // Null where the file has none.
  const TensorRecord& at(const std::string& name) const;    // Throws CheckpointError.

  // The same file and memory with none of the records.
  TensorFile without_records() const;
  // False, and nothing is added, where the name is taken.
  bool add(TensorRecord record);
  // What the records point into, released with the last copy of this.
  void keep_alive(std::shared_ptr<const void> memory) { memory_.push_back(std::move(memory)); }

 private:
  std::filesystem::path path_;
  std::vector<TensorRecord> records_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::shared_ptr<const void>> memory_;
};

}  // namespace engine
