// SPDX-License-Identifier: Apache-2.0
// Place of the largest number along one axis: the lowest among equals; the first NaN wins over every number. x f32 or
// bf16 (f64 on reference); y i64, as many elements as x has positions beside the axis, in their memory order.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

using Argmax = void(Queue&, int axis, ConstView x, View y);

namespace reference {
Argmax argmax;
}
namespace cpu {
Argmax argmax;
}
namespace cuda {
Argmax argmax;
}

inline constexpr Kernel argmax{"argmax", &reference::argmax, &cpu::argmax, CUDA_SLOT(cuda::argmax)};

}  // namespace kernels
