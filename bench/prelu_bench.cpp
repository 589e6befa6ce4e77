// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/prelu.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::PreluCase& c : harness.cases(test::prelu_cases, test::network::prelu)) {
    harness.row("prelu_forward", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(c.x), weight = harness.parameter(c.weight);
      return {[=, &queue] { kernels::prelu_forward(queue, x, weight, y.mutable_view()); }, bench::bytes_of(x, y)};
    });
    harness.row("prelu_grad", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), dy = harness.activation(c.x), dx = harness.activation(c.x);
      const auto weight = harness.parameter(c.weight), dweight = harness.parameter(c.weight);
      return {[=, &queue] { kernels::prelu_grad(queue, dy, x, weight, dx.mutable_view(), dweight.mutable_view()); },
              bench::bytes_of(x, dy, dx)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
