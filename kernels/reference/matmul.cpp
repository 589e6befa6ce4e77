// SPDX-License-Identifier: Apache-2.0
// Matrix products as their definition reads.
#include "kernels/matmul.h"

namespace kernels::reference {

void matmul(Queue&, const MatmulOptions& options, ConstView a, ConstView b, ConstView bias, View y) {
  const MatmulProblem p = matmul_problem(a.shape, b.shape, options);
  const auto *left = a.as<double>(), *right = b.as<double>(), *shift = bias.as<double>();
  auto* to = y.as<double>();
  for (std::int64_t batch = 0; batch < p.batch; ++batch)
    for (std::int64_t m = 0; m < p.m; ++m)
      for (std::int64_t n = 0; n < p.n; ++n) {
        double sum = shift ? shift[n] : 0.0;
        for (std::int64_t k = 0; k < p.k; ++k)
          sum += left[batch * p.m * p.k + m * p.a_row + k * p.a_column] *
                 right[batch * p.k * p.n + k * p.b_row + n * p.b_column];
        to[(batch * p.m + m) * p.n + n] = sum;
      }
}

}  // namespace kernels::reference
