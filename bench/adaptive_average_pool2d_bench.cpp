// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/adaptive_average_pool2d.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::AdaptiveAveragePool2dCase& c :
       harness.cases(test::adaptive_average_pool2d_cases, test::network::adaptive_average_pool2d)) {
    const kernels::Shape shape{c.x.n(), c.x.c(), c.size.h, c.size.w};
    harness.row("adaptive_average_pool2d_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      return {[=, &queue] { kernels::adaptive_average_pool2d_forward(queue, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
    harness.row("adaptive_average_pool2d_grad", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      return {[=, &queue] { kernels::adaptive_average_pool2d_grad(queue, dy, dx.mutable_view()); },
              bench::bytes_of(dx, dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
