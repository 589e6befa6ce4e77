// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/softmax.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::SoftmaxCase& c : harness.cases(test::softmax_cases, test::network::softmax))
    for (const auto& [kind, name] : {std::pair{kernels::SoftmaxKind::softmax, std::string("softmax")},
                                     {kernels::SoftmaxKind::log_softmax, std::string("log_softmax")}}) {
      const kernels::SoftmaxOptions options{c.axis, kind};
      harness.row(name + "_forward", c.name, [&]() -> bench::Job {
        const auto x = harness.activation(c.x, -5, 5), y = harness.activation(c.x);
        return {[=, &queue] { kernels::softmax_forward(queue, options, x, y.mutable_view()); }, bench::bytes_of(x, y)};
      });
      harness.row(name + "_grad", c.name, [&]() -> bench::Job {
        const auto dy = harness.activation(c.x), y = harness.activation(c.x, -1, 0), dx = harness.activation(c.x);
        return {[=, &queue] { kernels::softmax_grad(queue, options, dy, y, dx.mutable_view()); },
                bench::bytes_of(dy, y, dx)};
      });
    }
}

const bench::Registration registration(rows);

}  // namespace
