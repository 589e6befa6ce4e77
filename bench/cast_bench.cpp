// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/cast.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::CastCase& c : harness.cases(test::cast_cases, test::network::cast))
    harness.row("cast", c.name, [&]() -> bench::Job {
      const auto x = engine::zeros(c.shape, c.from, harness.queue()), y = engine::zeros(c.shape, c.to, harness.queue());
      return {[=, &queue] { kernels::cast(queue, x, y.mutable_view()); }, bench::bytes_of(x, y)};
    });
}

const bench::Registration registration(rows);

}  // namespace
