// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/dropout.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::DropoutCase& c : harness.cases(test::dropout_cases, test::network::dropout))
    harness.row("dropout", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.activation(c.x);
      const kernels::RandomKey random{1, 2};
      return {[=, &queue, &c] { kernels::dropout(queue, c.options, random, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
}

const bench::Registration registration(rows);

}  // namespace
