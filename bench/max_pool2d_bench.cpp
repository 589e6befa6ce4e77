// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/max_pool2d.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::Pool2dCase& c : harness.cases(test::pool2d_cases, test::network::max_pool2d)) {
    const kernels::Shape shape = kernels::pool2d_shape("max_pool2d", c.x, c.options);
    harness.row("max_pool2d_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      const auto position = harness.labels(shape, 1, bench::DType::u8);
      return {[=, &queue, &c] {
                kernels::max_pool2d_forward(queue, c.options, x, y.mutable_view(), position.mutable_view());
              },
              bench::bytes_of(x, y, position)};
    });
    harness.row("max_pool2d_grad", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), dx = harness.activation(c.x), dy = harness.activation(shape);
      const auto position = harness.labels(shape, 1, bench::DType::u8);
      kernels::max_pool2d_forward(queue, c.options, x, dy.mutable_view(), position.mutable_view());
      return {[=, &queue, &c] { kernels::max_pool2d_grad(queue, c.options, dy, position, dx.mutable_view()); },
              bench::bytes_of(dx, dy, position)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
