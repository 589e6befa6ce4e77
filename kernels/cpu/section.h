// SPDX-License-Identifier: Apache-2.0
// Copies between a tensor and sections of a larger one along an axis, whatever the element type.
#pragma once

#include <cstring>

#include "kernels/parallel.h"
#include "kernels/view.h"

namespace kernels::cpu {

// Where a section [begin, begin + extent) along an axis lies in a whole tensor, in bytes: `rows` runs of `run` bytes,
// `pitch` bytes apart, the first at `offset`.
struct Section {
  std::int64_t rows, run, pitch, offset;

  Section(const Shape& whole, int axis, std::int64_t begin, std::int64_t extent, DType dtype) {
    const AxisView view = along(whole, axis);
    const std::int64_t line = view.inner * static_cast<std::int64_t>(size_of(dtype));
    rows = view.outer;
    run = extent * line;
    pitch = view.extent * line;
    offset = begin * line;
  }
};

// Runs of a length known to the compiler become a few vector moves; one pixel's channels are often that short.
template <std::size_t bytes>
void copy_runs(std::byte* to, std::int64_t to_pitch, const std::byte* from, std::int64_t from_pitch,
               std::int64_t count) {
  for (std::int64_t row = 0; row < count; ++row) std::memcpy(to + row * to_pitch, from + row * from_pitch, bytes);
}

// Copies `count` runs of `run` bytes between lines of different pitch.
inline void copy_runs(std::byte* to, std::int64_t to_pitch, const std::byte* from, std::int64_t from_pitch,
                      std::int64_t count, std::int64_t run) {
  switch (run) {
    case 4:
      return copy_runs<4>(to, to_pitch, from, from_pitch, count);
    case 32:
      return copy_runs<32>(to, to_pitch, from, from_pitch, count);
    case 64:
      return copy_runs<64>(to, to_pitch, from, from_pitch, count);
    case 128:
      return copy_runs<128>(to, to_pitch, from, from_pitch, count);
    case 256:
      return copy_runs<256>(to, to_pitch, from, from_pitch, count);
    default:
      for (std::int64_t row = 0; row < count; ++row)
        std::memcpy(to + row * to_pitch, from + row * from_pitch, static_cast<std::size_t>(run));
  }
}

}  // namespace kernels::cpu
