// SPDX-License-Identifier: Apache-2.0
// A named tensor as it lies in a weight file, whatever the format: element type, shape, and where the values are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace engine {

// Element types that are read and written: more than kernels::DType computes in.
enum class FileDType : std::uint8_t { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

std::size_t size_of(FileDType dtype);  // Bytes per element.
const char* name_of(FileDType dtype);  // As safetensors calls it: "F32", "BOOL".
std::optional<FileDType> file_dtype_named(const std::string& name);
bool is_floating(FileDType dtype);
FileDType file_dtype(kernels::DType dtype);
std::optional<kernels::DType> engine_dtype(FileDType dtype);  // None for those that the engine does not compute in.

// Product of the sides times the element size; none where a side is negative or the product exceeds 2^63 - 1.
std::optional<std::size_t> byte_count(const std::vector<std::int64_t>& shape, FileDType dtype);

// One tensor of an open file: row-major, little-endian. `data` points into the file's memory and lives as long as that;
// it is not necessarily aligned for its type (files of other writers).
struct TensorRecord {
  std::string name;
  FileDType dtype = FileDType::f32;
  std::vector<std::int64_t> shape;  // Empty for a scalar.
  const std::byte* data = nullptr;
  std::size_t bytes = 0;

  std::int64_t elements() const;
};

// Copies of the values. To f64: exact for every type up to 53 bits; to f32: rounded to nearest; to i64: integer and
// boolean records only, DTypeError otherwise or where a value of u64 exceeds 2^63 - 1.
std::vector<double> to_f64(const TensorRecord& record);
std::vector<float> to_f32(const TensorRecord& record);
std::vector<std::int64_t> to_i64(const TensorRecord& record);

// The place (row-major) of the first value that is NaN or infinite.
std::optional<std::int64_t> first_not_finite(const TensorRecord& record);

}  // namespace engine
