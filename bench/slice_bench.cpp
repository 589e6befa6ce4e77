// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/slice.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::SliceCase& c : harness.cases(test::slice_cases, test::network::slice)) {
    const kernels::Shape shape = kernels::slice_shape(c.x, c.options);
    harness.row("slice_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(shape);
      return {[=, &queue, &c] { kernels::slice_forward(queue, c.options, x, y.mutable_view()); },
              2 * bench::bytes_of(y)};
    });
    harness.row("slice_grad", c.name, [&]() -> bench::Job {
      const auto dx = harness.activation(c.x), dy = harness.activation(shape);
      return {[=, &queue, &c] { kernels::slice_grad(queue, c.options, dy, dx.mutable_view()); },
              bench::bytes_of(dx, dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
