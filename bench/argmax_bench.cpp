// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/argmax.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::SoftmaxCase& c : harness.cases(test::argmax_cases, test::network::softmax))
    harness.row("argmax", c.name, [&]() -> bench::Job {
      const auto x = harness.activation(c.x);
      const auto y = harness.labels({c.x.elements() / c.x[c.axis]}, 2, bench::DType::i64);
      return {[=, &queue, axis = c.axis] { kernels::argmax(queue, axis, x, y.mutable_view()); }, bench::bytes_of(x, y)};
    });
}

const bench::Registration registration(rows);

}  // namespace
