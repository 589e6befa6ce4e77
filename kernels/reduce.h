// SPDX-License-Identifier: Apache-2.0
// Sums over the axes where y has extent 1: y = scale * sum of x. x and y have equal ranks; y's extents are x's or 1.
// x f32 or bf16, y f32 or bf16, accumulated in f64 in an order that is the same for every thread count; f64 on
// reference.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

using ReduceSum = void(Queue&, double scale, ConstView x, View y);

namespace reference {
ReduceSum reduce_sum;
}
namespace cpu {
ReduceSum reduce_sum;
}
namespace cuda {
ReduceSum reduce_sum;
}

inline constexpr Kernel reduce_sum{"reduce_sum", &reference::reduce_sum, &cpu::reduce_sum, CUDA_SLOT(cuda::reduce_sum)};

}  // namespace kernels
