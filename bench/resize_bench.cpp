// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/resize.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::ResizeCase& c : harness.cases(test::resize_cases, test::network::resize)) {
    const kernels::Shape shape{c.x.n(), c.x.c(), c.size.h, c.size.w};
    harness.row("resize_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      return {[=, &queue, &c] { kernels::resize_forward(queue, c.options, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
    harness.row("resize_grad", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      return {[=, &queue, &c] { kernels::resize_grad(queue, c.options, dy, dx.mutable_view()); },
              bench::bytes_of(dx, dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
