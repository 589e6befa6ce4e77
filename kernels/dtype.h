// SPDX-License-Identifier: Apache-2.0
// Element types. f64 lives on the reference device only; bf16 is compute storage (masters and statistics stay f32).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/error.h"

namespace kernels {

enum class DType : std::uint8_t { f64, f32, bf16, i64, i32, u8 };

// The upper half of a float32: 8 exponent bits, 7 mantissa bits. Conversion rounds to nearest, ties to even.
struct bf16 {
  std::uint16_t bits = 0;

  bf16() = default;
  explicit constexpr bf16(float value) {
    const auto raw = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = raw + 0x7FFFu + ((raw >> 16) & 1u);
    const bool is_nan = (raw & 0x7FFFFFFFu) > 0x7F800000u;
    bits = static_cast<std::uint16_t>((is_nan ? (raw | 0x00400000u) : rounded) >> 16);
  }
  explicit constexpr operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};
static_assert(sizeof(bf16) == 2);

constexpr std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::bf16:
      return 2;
    case DType::u8:
      return 1;
  }
  return 0;
}

constexpr const char* name_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "f64";
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::i64:
      return "i64";
    case DType::i32:
      return "i32";
    case DType::u8:
      return "u8";
  }
  return "?";
}

constexpr bool is_floating(DType dtype) {
  return dtype == DType::f64 || dtype == DType::f32 || dtype == DType::bf16;
}

template <class T>
constexpr DType dtype_of() {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, double>) return DType::f64;
  if constexpr (std::is_same_v<U, float>) return DType::f32;
  if constexpr (std::is_same_v<U, bf16>) return DType::bf16;
  if constexpr (std::is_same_v<U, std::int64_t>) return DType::i64;
  if constexpr (std::is_same_v<U, std::int32_t>) return DType::i32;
  if constexpr (std::is_same_v<U, std::uint8_t>) return DType::u8;
}

// Calls body.operator()<T>() with the C++ type of dtype, which must be one of Types.
//   visit_dtype<float, bf16>(x.dtype, "relu_forward", [&]<class T>() { ... x.as<T>() ... });
template <class... Types, class Body>
void visit_dtype(DType dtype, const char* op, Body&& body) {
  const bool found = ((dtype == dtype_of<Types>() ? (body.template operator()<Types>(), true) : false) || ...);
  if (!found) throw DTypeError("{}: this device does not compute in {}", op, name_of(dtype));
}

}  // namespace kernels
