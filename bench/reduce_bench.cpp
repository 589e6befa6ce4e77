// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/reduce.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::ReduceCase& c : harness.cases(test::reduce_cases, test::network::reduce))
    harness.row("reduce_sum", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x), y = harness.parameter(c.y);
      return {[=, &queue] { kernels::reduce_sum(queue, 1.0, x, y.mutable_view()); }, bench::bytes_of(x, y),
              static_cast<double>(x.elements())};
    });
}

const bench::Registration registration(rows);

}  // namespace
