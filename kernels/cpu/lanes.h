// SPDX-License-Identifier: Apache-2.0
// Per-channel work on channels-last memory, shaped so that the compiler vectorises it whatever the number of channels
// is: a few pixels are taken together until they fill a row of at least 64 numbers, and per-channel vectors are
// repeated to that width. Rows are grouped in chunks whose borders depend on the shape alone (bit-equal for every
// thread count).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

struct Lanes {
  std::int64_t channels, width;  // Width: the channels, repeated.
  std::int64_t count;            // Elements in all.
  std::int64_t chunk;            // Elements per chunk, a multiple of width.

  Lanes(std::int64_t channel_count, std::int64_t elements) : channels(channel_count), count(elements) {
    // Whole vector registers too, unless the row would grow out of the first cache.
    const std::int64_t least = std::max<std::int64_t>(1, (64 + channels - 1) / channels);
    const std::int64_t step = 16 / std::gcd(channels, std::int64_t{16}), whole = (least + step - 1) / step * step;
    width = channels * (channels * whole <= 2048 ? whole : least);
    chunk = width * std::max<std::int64_t>(1, 16384 / width);  // 64 KiB of f32: read twice, the second time from L2.
  }
  std::int64_t chunks() const { return (count + chunk - 1) / chunk; }

  // value(c) for every lane.
  template <class Value>
  std::vector<float> spread(Value&& value) const {
    std::vector<float> lanes(static_cast<std::size_t>(width));
    for (std::int64_t i = 0; i < width; ++i)
      lanes[static_cast<std::size_t>(i)] = static_cast<float>(value(i % channels));
    return lanes;
  }
};

// Calls row(offset, lanes) for the rows of [begin, end); the last row of a tensor may be short.
template <class Row>
inline void for_each_row(const Lanes& lanes, std::int64_t begin, std::int64_t end, Row&& row) {
  for (std::int64_t at = begin; at < end; at += lanes.width) row(at, std::min(lanes.width, end - at));
}

inline float load(const float* from, std::int64_t i) {
  return from[i];
}
inline float load(const bf16* from, std::int64_t i) {
  return static_cast<float>(from[i]);
}
inline void store(float* to, std::int64_t i, float value) {
  to[i] = value;
}
inline void store(bf16* to, std::int64_t i, float value) {
  to[i] = bf16(value);
}

// keep ? value : 0, without the branch that keeps compilers from making vectors of a choice between numbers.
inline float value_where(bool keep, float value) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & (0u - static_cast<std::uint32_t>(keep)));
}

}  // namespace kernels::cpu
