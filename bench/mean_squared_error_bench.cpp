// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/mean_squared_error.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c : harness.cases(test::mean_squared_error_cases, test::network::mean_squared_error)) {
    harness.row("mean_squared_error_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), target = harness.activation(c.x), loss = harness.parameter({});
      return {[=, &queue] { kernels::mean_squared_error_forward(queue, x, target, loss.mutable_view()); },
              bench::bytes_of(x, target)};
    });
    harness.row("mean_squared_error_grad", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), target = harness.activation(c.x), dx = harness.activation(c.x),
                 dloss = harness.parameter({});
      return {[=, &queue] { kernels::mean_squared_error_grad(queue, x, target, dloss, dx.mutable_view()); },
              bench::bytes_of(x, target, dx)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
