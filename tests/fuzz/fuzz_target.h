// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: the function that libFuzzer (or the replay of the corpus) calls, and reading of values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/formats/tensor_record.h"

// Returns 0. What escapes from it, a report of a sanitizer or a crash is a find.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline std::span<const std::byte> bytes(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

// Touches every byte of a tensor, except where a few bytes stand for many by strides of zero.
inline void read_values(const engine::TensorRecord& record) {
  if (record.elements() > 4096) return;
  static_cast<void>(engine::to_f64(record));
  static_cast<void>(engine::first_not_finite(record));
}

}  // namespace fuzz
