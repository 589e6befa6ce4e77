// SPDX-License-Identifier: Apache-2.0
// Elementwise work on contiguous memory in blocks that pass through registers: a block is read whole before it is
// written, so the output may be the memory of an input, and the compiler vectorises without asking whether they
// overlap.
#pragma once

#include <cstdint>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

constexpr std::int64_t block_lanes = 32;
constexpr std::int64_t elementwise_grain = 1 << 14;  // Elements that are worth a thread.

// to[i] = value(i, from[i]...) for i in [0, count), in f32.
template <class Value, class To, class... From>
inline void for_each_block(std::int64_t count, Value&& value, To* to, const From*... from) {
  std::int64_t at = 0;
  for (; at + block_lanes <= count; at += block_lanes) {
    float results[block_lanes];
    for (std::int64_t i = 0; i < block_lanes; ++i) results[i] = value(at + i, load(from, at + i)...);
    for (std::int64_t i = 0; i < block_lanes; ++i) store(to, at + i, results[i]);
  }
  for (; at < count; ++at) store(to, at, value(at, load(from, at)...));
}

}  // namespace kernels::cpu
