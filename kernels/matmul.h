// SPDX-License-Identifier: Apache-2.0
// Matrix products, one or a batch:
//   y[b, m, n] = sum over k of A[b, m, k] B[b, k, n] + bias[n],   A = a or a transposed, B = b or b transposed
// Row-major, rank 2 (m, n) or rank 3 (batch, m, n); all operands have the same rank and batch. a, b and y are f32 or
// bf16 each (f64 on reference): where one factor is bf16 the other is rounded to bf16 as well; sums are f32. bias is
// f32.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class Transpose { no, yes };

struct MatmulOptions {
  Transpose a = Transpose::no, b = Transpose::no;
};

// How a product is laid out in memory; strides in elements.
struct MatmulProblem {
  std::int64_t batch, m, n, k;
  std::int64_t a_row, a_column, b_row, b_column;  // Of A [m, k] and B [k, n] as they enter the product.
};
// Throws ShapeError where a and b do not fit.
MatmulProblem matmul_problem(const Shape& a, const Shape& b, const MatmulOptions& options);
Shape matmul_shape(const Shape& a, const Shape& b, const MatmulOptions& options);

// bias [n] may be empty.
using Matmul = void(Queue&, const MatmulOptions&, ConstView a, ConstView b, ConstView bias, View y);

namespace reference {
Matmul matmul;
}
namespace cpu {
Matmul matmul;
}
namespace cuda {
Matmul matmul;
}

inline constexpr Kernel matmul{"matmul", &reference::matmul, &cpu::matmul, CUDA_SLOT(cuda::matmul)};

}  // namespace kernels
