// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/power.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::PowerCase& c : harness.cases(test::power_cases, test::network::power)) {
    const kernels::PowerOptions options{c.shift};
    harness.row("power_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x, 0, 1), y = harness.activation(c.x), p = harness.parameter({c.x[0], 1});
      return {[=, &queue] { kernels::power_forward(queue, options, x, p, y.mutable_view()); }, bench::bytes_of(x, y)};
    });
    harness.row("power_grad", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x, 0, 1), dy = harness.activation(c.x), p = harness.parameter({c.x[0], 1}),
                 dp = harness.parameter({c.x[0], 1});
      return {
          [=, &queue] {
            kernels::power_grad(queue, options, dy, x, p, kernels::PowerGradients{kernels::View{}, dp.mutable_view()});
          },
          bench::bytes_of(x, dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
