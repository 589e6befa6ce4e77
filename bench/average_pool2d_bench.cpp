// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/average_pool2d.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::AveragePool2dCase& c : harness.cases(test::average_pool2d_cases, test::network::average_pool2d)) {
    const kernels::Shape shape = kernels::pool2d_shape("average_pool2d", c.x, c.options.window);
    harness.row("average_pool2d_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      return {[=, &queue, &c] { kernels::average_pool2d_forward(queue, c.options, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
    harness.row("average_pool2d_grad", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      return {[=, &queue, &c] { kernels::average_pool2d_grad(queue, c.options, dy, dx.mutable_view()); },
              bench::bytes_of(dx, dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
