// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/matmul.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::MatmulCase& c : harness.cases(test::matmul_cases, test::network::matmul)) {
    const kernels::Shape shape = kernels::matmul_shape(c.a, c.b, c.options);
    const kernels::MatmulProblem p = kernels::matmul_problem(c.a, c.b, c.options);
    harness.row("matmul", c.name, [&]() -> bench::Job {
      const auto a = harness.activation(c.a), b = harness.activation(c.b), y = harness.activation(shape);
      return {[=, &queue, &c] { kernels::matmul(queue, c.options, a, b, bench::Tensor{}, y.mutable_view()); },
              bench::bytes_of(a, b, y), 2.0 * static_cast<double>(p.batch * p.m * p.n * p.k)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
