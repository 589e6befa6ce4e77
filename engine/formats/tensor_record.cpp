// SPDX-License-Identifier: Apache-2.0
// The element types of weight files and their conversion to the types that the engine computes in.
#include "engine/formats/tensor_record.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "kernels/error.h"

namespace engine {
namespace {

// IEEE 754 binary16: 1 sign, 5 exponent, 10 mantissa bits. Every value is a float exactly.
float half_to_float(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  float magnitude = 0;
  if (exponent == 31)
    magnitude = mantissa == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  else
    magnitude = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

template <class Stored, class To, class Convert>
void convert_each(const TensorRecord& record, std::vector<To>& values, Convert convert) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, record.data + i * sizeof(Stored), sizeof(Stored));  // The address may be odd.
    values[i] = static_cast<To>(convert(stored));
  }
}

template <class To>
std::vector<To> convert_record(const TensorRecord& record) {
  std::vector<To> values(static_cast<std::size_t>(record.elements()));
  const auto as_it_is = [](auto stored) {
    return stored;
  };
  switch (record.dtype) {
    case FileDType::f64:
      convert_each<double>(record, values, as_it_is);
      break;
    case FileDType::f32:
      convert_each<float>(record, values, as_it_is);
      break;
    case FileDType::f16:
      convert_each<std::uint16_t>(record, values, half_to_float);
      break;
    case FileDType::bf16:
      convert_each<kernels::bf16>(record, values, [](kernels::bf16 stored) { return static_cast<float>(stored); });
      break;
    case FileDType::i64:
      convert_each<std::int64_t>(record, values, as_it_is);
      break;
    case FileDType::i32:
      convert_each<std::int32_t>(record, values, as_it_is);
      break;
    case FileDType::i16:
      convert_each<std::int16_t>(record, values, as_it_is);
      break;
    case FileDType::i8:
      convert_each<std::int8_t>(record, values, as_it_is);
      break;
    case FileDType::u64:
      convert_each<std::uint64_t>(record, values, as_it_is);
      break;
    case FileDType::u32:
      convert_each<std::uint32_t>(record, values, as_it_is);
      break;
    case FileDType::u16:
      convert_each<std::uint16_t>(record, values, as_it_is);
      break;
    case FileDType::u8:
      convert_each<std::uint8_t>(record, values, as_it_is);
      break;
    case FileDType::boolean:
      convert_each<std::uint8_t>(record, values, [](std::uint8_t stored) { return stored != 0 ? 1 : 0; });
      break;
  }
  return values;
}

}  // namespace

std::size_t size_of(FileDType dtype) {
  static constexpr std::size_t sizes[] = {8, 4, 2, 2, 8, 4, 2, 1, 8, 4, 2, 1, 1};
  return sizes[static_cast<std::size_t>(dtype)];
}

namespace {

constexpr const char* dtype_names[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16",
                                       "I8",  "U64", "U32", "U16",  "U8",  "BOOL"};

}  // namespace

const char* name_of(FileDType dtype) {
  return dtype_names[static_cast<std::size_t>(dtype)];
}

std::optional<FileDType> file_dtype_named(const std::string& name) {
  for (std::size_t i = 0; i < std::size(dtype_names); ++i)
    if (name == dtype_names[i]) return static_cast<FileDType>(i);
  return std::nullopt;
}

bool is_floating(FileDType dtype) {
  return dtype == FileDType::f64 || dtype == FileDType::f32 || dtype == FileDType::f16 || dtype == FileDType::bf16;
}

FileDType file_dtype(kernels::DType dtype) {
  switch (dtype) {
    case kernels::DType::f64:
      return FileDType::f64;
    case kernels::DType::f32:
      return FileDType::f32;
    case kernels::DType::bf16:
      return FileDType::bf16;
    case kernels::DType::i64:
      return FileDType::i64;
    case kernels::DType::i32:
      return FileDType::i32;
    case kernels::DType::u8:
      return FileDType::u8;
  }
  throw kernels::DTypeError("file_dtype: no element type has the number {}", static_cast<int>(dtype));
}

std::optional<kernels::DType> engine_dtype(FileDType dtype) {
  using kernels::DType;
  for (const DType candidate : {DType::f64, DType::f32, DType::bf16, DType::i64, DType::i32, DType::u8})
    if (file_dtype(candidate) == dtype) return candidate;
  return std::nullopt;
}

std::optional<std::size_t> byte_count(const std::vector<std::int64_t>& shape, FileDType dtype) {
  // A side of zero makes the product zero, whatever comes beside it: only the other sides can overflow.
  auto bytes = static_cast<std::int64_t>(size_of(dtype));
  bool empty = false;
  for (const std::int64_t side : shape) {
    if (side < 0) return std::nullopt;
    if (side == 0)
      empty = true;
    else if (__builtin_mul_overflow(bytes, side, &bytes))
      return std::nullopt;
  }
  return empty ? 0 : static_cast<std::size_t>(bytes);
}

std::int64_t TensorRecord::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t side : shape) product *= side;
  return product;
}

std::vector<double> to_f64(const TensorRecord& record) {
  return convert_record<double>(record);
}

std::vector<float> to_f32(const TensorRecord& record) {
  return convert_record<float>(record);
}

std::vector<std::int64_t> to_i64(const TensorRecord& record) {
  if (is_floating(record.dtype))
    throw kernels::DTypeError("tensor '{}': expected integers, got {}", record.name, name_of(record.dtype));
  std::vector<std::int64_t> values = convert_record<std::int64_t>(record);
  if (record.dtype == FileDType::u64 && std::any_of(values.begin(), values.end(), [](auto value) { return value < 0; }))
    throw kernels::DTypeError("tensor '{}': a value of U64 is above 2^63 - 1", record.name);
  return values;
}

std::optional<std::int64_t> first_not_finite(const TensorRecord& record) {
  if (!is_floating(record.dtype)) return std::nullopt;
  // The bits of the exponent, all set in NaN and infinity, in the upper bytes of the element.
  const std::size_t size = size_of(record.dtype);
  const std::uint64_t exponent = record.dtype == FileDType::f64   ? 0x7FF0000000000000u
                                 : record.dtype == FileDType::f32 ? 0x7F800000u
                                 : record.dtype == FileDType::f16 ? 0x7C00u
                                                                  : 0x7F80u;
  for (std::size_t i = 0; i < record.bytes / size; ++i) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, record.data + i * size, size);
    if ((bits & exponent) == exponent) return static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

}  // namespace engine
