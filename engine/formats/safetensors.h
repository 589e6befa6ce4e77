// SPDX-License-Identifier: Apache-2.0
// The safetensors format (https://github.com/huggingface/safetensors): eight bytes of header length (little-endian), a
// JSON header {name: {dtype, shape, data_offsets}}, then the raw values, little-endian, row-major, without holes.
// Shapes are those of the file; converting layouts is the caller's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/formats/mapped_file.h"
#include "kernels/dtype.h"

namespace engine {

// Element types of the format that are read and written: more than kernels::DType computes in.
enum class FileDType : std::uint8_t { f64, f32, f16, bf16, i64, i32, u8, boolean };

std::size_t size_of(FileDType dtype);  // Bytes per element.
const char* name_of(FileDType dtype);  // As in the header: "F32", "BOOL".
bool is_floating(FileDType dtype);
FileDType file_dtype(kernels::DType dtype);
std::optional<kernels::DType> engine_dtype(FileDType dtype);  // None for f16 and boolean.

// One tensor of an open file. `data` points into the mapping and lives as long as the SafetensorsFile; it is not
// necessarily aligned for its type (files of other writers).
struct TensorRecord {
  std::string name;
  FileDType dtype = FileDType::f32;
  std::vector<std::int64_t> shape;  // Empty for a scalar.
  const std::byte* data = nullptr;
  std::size_t bytes = 0;

  std::int64_t elements() const;
};

// Copies of the values. To f64: exact for every type up to 53 bits; to f32: rounded to nearest; to i64: integer and
// boolean records only, DTypeError otherwise.
std::vector<double> to_f64(const TensorRecord& record);
std::vector<float> to_f32(const TensorRecord& record);
std::vector<std::int64_t> to_i64(const TensorRecord& record);

class SafetensorsFile {
 public:
  // Checks the whole header before anything is read by it: lengths, types, shapes, and that the ranges cover the data
  // without overlap or hole. Throws FileError (no such file) or CheckpointError (file, tensor, field, value).
  static SafetensorsFile open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<TensorRecord>& records() const { return records_; }  // In the order of the header.
  std::vector<std::string> names() const;
  const TensorRecord* find(const std::string& name) const;  // Null where the file has none.
  const TensorRecord& at(const std::string& name) const;    // Throws CheckpointError.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  explicit SafetensorsFile(const std::filesystem::path& path) : path_(path), file_(path) {}

  std::filesystem::path path_;
  MappedFile file_;
  std::vector<TensorRecord> records_;
  std::unordered_map<std::string, std::size_t> index_;
  std::map<std::string, std::string> metadata_;
};

struct TensorToWrite {
  std::string name;
  FileDType dtype = FileDType::f32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

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
