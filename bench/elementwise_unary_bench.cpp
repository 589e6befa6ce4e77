// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/elementwise_unary.h"
#include "tests/cases/elementwise_unary_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  const kernels::Shape shape{4, 16, 480, 640};
  for (const test::ElementwiseUnaryCase& c : test::elementwise_unary_cases) {
    harness.row("elementwise_unary_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(shape, c.low, c.high), y = harness.activation(shape);
      return {[=, &queue, &c] { kernels::elementwise_unary_forward(queue, c.function, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
    harness.row("elementwise_unary_grad", c.name, [&]() -> bench::Job {
      const bool reads = kernels::gradient_reads(c.function) != kernels::GradientReads::nothing;
      const auto saved = reads ? harness.activation(shape, c.low, c.high) : bench::Tensor{};
      const auto dy = harness.activation(shape), dx = harness.activation(shape);
      return {[=, &queue, &c] { kernels::elementwise_unary_grad(queue, c.function, dy, saved, dx.mutable_view()); },
              bench::bytes_of(saved, dy, dx)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
