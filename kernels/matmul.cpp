// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

namespace kernels {

MatmulProblem matmul_problem(const Shape& a, const Shape& b, const MatmulOptions& options) {
  const int rank = a.rank();
  if ((rank != 2 && rank != 3) || b.rank() != rank)
    throw ShapeError("matmul: expected two matrices or two batches of matrices, got {} and {}", a, b);
  const bool turn_a = options.a == Transpose::yes, turn_b = options.b == Transpose::yes;
  const std::int64_t a_rows = a[rank - 2], a_columns = a[rank - 1], b_rows = b[rank - 2], b_columns = b[rank - 1];
  const MatmulProblem p{.batch = rank == 3 ? a[0] : 1,
                        .m = turn_a ? a_columns : a_rows,
                        .n = turn_b ? b_rows : b_columns,
                        .k = turn_a ? a_rows : a_columns,
                        .a_row = turn_a ? 1 : a_columns,
                        .a_column = turn_a ? a_columns : 1,
                        .b_row = turn_b ? 1 : b_columns,
                        .b_column = turn_b ? b_columns : 1};
  if (p.k != (turn_b ? b_columns : b_rows) || (rank == 3 && a[0] != b[0]))
    throw ShapeError("matmul: a {}{} and b {}{} do not fit", a, turn_a ? " (transposed)" : "", b,
                     turn_b ? " (transposed)" : "");
  return p;
}

Shape matmul_shape(const Shape& a, const Shape& b, const MatmulOptions& options) {
  const MatmulProblem p = matmul_problem(a, b, options);
  return a.rank() == 3 ? Shape{p.batch, p.m, p.n} : Shape{p.m, p.n};
}

}  // namespace kernels
