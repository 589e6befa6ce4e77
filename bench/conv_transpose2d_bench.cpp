// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/conv_transpose2d.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::ConvTranspose2dCase& c :
       harness.cases(test::conv_transpose2d_cases, test::network::conv_transpose2d)) {
    const kernels::Shape shape = kernels::conv_transpose2d_shape(c.x, c.weight, c.options);
    const double flops =
        2.0 * static_cast<double>(c.x.elements()) * static_cast<double>(c.weight.elements() / c.weight[0]);
    harness.row("conv_transpose2d_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      const auto weight = harness.parameter(c.weight);
      return {[=, &queue, &c] {
                kernels::conv_transpose2d_forward(queue, c.options, x, weight, bench::Tensor{}, y.mutable_view());
              },
              bench::bytes_of(x, weight, y), flops};
    });
    harness.row("conv_transpose2d_grad_input", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      const auto weight = harness.parameter(c.weight);
      return {
          [=, &queue, &c] { kernels::conv_transpose2d_grad_input(queue, c.options, dy, weight, dx.mutable_view()); },
          bench::bytes_of(dx, weight, dy), flops};
    });
    harness.row("conv_transpose2d_grad_weight", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), dy = harness.activation(shape);
      const auto dweight = harness.parameter(c.weight);
      return {
          [=, &queue, &c] { kernels::conv_transpose2d_grad_weight(queue, c.options, dy, x, dweight.mutable_view()); },
          bench::bytes_of(x, dweight, dy), flops};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
