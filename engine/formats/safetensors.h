// SPDX-License-Identifier: Apache-2.0
// The safetensors format (https://github.com/huggingface/safetensors): eight bytes of header length (little-endian), a
// JSON header {name: {dtype, shape, data_offsets}}, then the raw values, little-endian, row-major, without holes.
// Shapes are those of the file; converting layouts is the caller's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/tensor_file.h"

namespace engine {

class SafetensorsFile : public TensorFile {
 public:
  // Checks the whole header before anything is read by it: lengths, types, shapes, and that the ranges cover the data
  // without overlap or hole. Throws FileError (no such file) or CheckpointError (file, tensor, field, value).
  static SafetensorsFile open(const std::filesystem::path& path);
  // The same of bytes that stay where they are as long as the result is used; `path` names them in errors.
  static SafetensorsFile parse(const std::filesystem::path& path, std::span<const std::byte> bytes);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  explicit SafetensorsFile(const std::filesystem::path& path) : TensorFile(path) {}

  std::map<std::string, std::string> metadata_;
};

struct TensorToWrite {
  std::string name;
  FileDType dtype = FileDType::f32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

// The same with values of its own.
struct OwnedTensor {
  std::string name;
  FileDType dtype = FileDType::f32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;

  TensorToWrite view() const { return {name, dtype, shape, data}; }
};
std::vector<TensorToWrite> views(std::span<const OwnedTensor> tensors);

// A file as it will lie on the disk: the length prefix and the header, then the values. `file` names it in errors.
struct SafetensorsLayout {
  std::string head;
  std::vector<std::span<const std::byte>> values;
};
SafetensorsLayout lay_out_safetensors(const std::string& file, std::span<const TensorToWrite> tensors,
                                      const std::map<std::string, std::string>& metadata);

// Writes the header in the order given; the values of wider types come first, so that every record is aligned. The file
// appears whole or not at all. Throws CheckpointError where the tensors contradict themselves (bytes, equal names) and
// FileError where the disk refuses.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace engine
