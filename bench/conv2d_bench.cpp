// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/conv2d.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::Conv2dCase& c : harness.cases(test::conv2d_cases, test::network::conv2d)) {
    const kernels::Shape shape = kernels::conv2d_shape(c.x, c.weight, c.options);
    const double flops =
        2.0 * static_cast<double>(shape.elements()) * static_cast<double>(c.weight[1] * c.weight[2] * c.weight[3]);
    harness.row("conv2d_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      const auto weight = harness.parameter(c.weight), bias = harness.parameter({shape.c()});
      return {[=, &queue, &c] {
                kernels::conv2d_forward(queue, c.options, x, weight, kernels::Conv2dEpilogue{.bias = bias},
                                        y.mutable_view());
              },
              bench::bytes_of(x, weight, y), flops};
    });
    harness.row("conv2d_grad_input", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      const auto weight = harness.parameter(c.weight);
      return {[=, &queue, &c] { kernels::conv2d_grad_input(queue, c.options, dy, weight, dx.mutable_view()); },
              bench::bytes_of(dx, weight, dy), flops};
    });
    harness.row("conv2d_grad_weight", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), dy = harness.activation(shape);
      const auto dweight = harness.parameter(c.weight);
      return {[=, &queue, &c] { kernels::conv2d_grad_weight(queue, c.options, dy, x, dweight.mutable_view()); },
              bench::bytes_of(x, dweight, dy), flops};
    });
    harness.row("conv2d_grad_bias", c.name, [&]() -> bench::Job {
      const auto dy = harness.activation(shape), dbias = harness.parameter({shape.c()});
      return {[=, &queue] { kernels::conv2d_grad_bias(queue, dy, dbias.mutable_view()); }, bench::bytes_of(dy, dbias),
              static_cast<double>(shape.elements())};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
