// SPDX-License-Identifier: Apache-2.0
// Dropout (Srivastava et al. 2014): y = x / (1 - probability) where kept, 0 where dropped. The choice is a function of
// (key, step, index) alone: unit i is dropped where the upper 24 bits of word i % 4 of philox(key, step, i / 4) are
// below probability * 2^24. i counts elements in memory order (channels innermost for rank 4), or n * C + c where whole
// channels are dropped, so every device and thread count drops the same ones, and the gradient, which is the same
// function of dy, asks again instead of keeping a mask. x and y f32 or bf16 (f64 on reference).
#pragma once

#include <cmath>

#include "kernels/kernel.h"
#include "kernels/random.h"

namespace kernels {

struct DropoutOptions {
  enum class Unit { element, channel };
  double probability = 0.5;  // Of being dropped, in [0, 1].
  Unit unit = Unit::element;
};

// Which numbers to use: a stream of its own for each layer (stream_key(seed, name of the layer)), and the step.
struct RandomKey {
  std::uint64_t key = 0, step = 0;
};

// Units whose 24 random bits are below this are dropped.
inline std::uint32_t dropout_threshold(double probability) {
  return static_cast<std::uint32_t>(std::llround(probability * 16777216.0));
}
constexpr bool is_dropped(std::uint32_t bits, std::uint32_t threshold) {
  return (bits >> 8) < threshold;
}
// What the kept are multiplied by; with probability 1 nothing is kept.
inline double dropout_scale(double probability) {
  return probability < 1 ? 1 / (1 - probability) : 0;
}

using Dropout = void(Queue&, const DropoutOptions&, const RandomKey&, ConstView x, View y);

namespace reference {
Dropout dropout;
}
namespace cpu {
Dropout dropout;
}
namespace cuda {
Dropout dropout;
}

inline constexpr Kernel dropout{"dropout", &reference::dropout, &cpu::dropout, CUDA_SLOT(cuda::dropout)};

}  // namespace kernels
