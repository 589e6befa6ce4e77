// SPDX-License-Identifier: Apache-2.0
// y = a op b, element by element. a and b broadcast to y's shape (equal ranks, extents equal or 1). y may be the memory
// of a or b where the shapes are equal. Types: y f32 or bf16 on cpu and cuda; a and b may be f32 or bf16 each, computed
// in f32; f64 on reference.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class BinaryOp { add, subtract, multiply, divide };

using ElementwiseBinary = void(Queue&, BinaryOp, ConstView a, ConstView b, View y);

namespace reference {
ElementwiseBinary elementwise_binary;
}
namespace cpu {
ElementwiseBinary elementwise_binary;
}
namespace cuda {
ElementwiseBinary elementwise_binary;
}

inline constexpr Kernel elementwise_binary{"elementwise_binary", &reference::elementwise_binary,
                                           &cpu::elementwise_binary, CUDA_SLOT(cuda::elementwise_binary)};

}  // namespace kernels
