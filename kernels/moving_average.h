// SPDX-License-Identifier: Apache-2.0
// Exponential moving average of many tensors in one call: average += (1 - decay) * (value - average).
// Averages and values are f32 (f64 on reference).
#pragma once

#include <span>

#include "kernels/kernel.h"

namespace kernels {

struct MovingAverageUpdate {
  View average;
  ConstView value;  // Of the same shape.
};
inline double bytes_of_argument(const MovingAverageUpdate& update) {
  return 2 * bytes_of_argument(update.average) + bytes_of_argument(update.value);
}
// decay: f64, one element on the device, so that a captured step follows a warm-up.
using MovingAverage = void(Queue&, ConstView decay, std::span<const MovingAverageUpdate>);

namespace reference {
MovingAverage moving_average;
}
namespace cpu {
MovingAverage moving_average;
}
namespace cuda {
MovingAverage moving_average;
}

inline constexpr Kernel moving_average{"moving_average", &reference::moving_average, &cpu::moving_average,
                                       CUDA_SLOT(cuda::moving_average)};

}  // namespace kernels
