// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/attention.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::AttentionCase& c : harness.cases(test::attention_cases, test::network::attention)) {
    const auto options = c.options();
    const auto g = kernels::attention_geometry(c.qkv(), c.height(), c.width(), options);
    const double product = 2.0 * static_cast<double>(g.pairs() * g.channels);
    harness.row("attention_forward", c.name, [&]() -> bench::Job {
      const auto qkv = harness.activation(c.qkv()), y = harness.activation(c.y());
      const auto height = harness.parameter(c.height()), width = harness.parameter(c.width()),
                 sums = harness.parameter(c.log_sums());
      return {[=, &queue] {
                kernels::attention_forward(queue, options, qkv, kernels::PositionEmbeddings{height, width},
                                           sums.mutable_view(), y.mutable_view());
              },
              bench::bytes_of(qkv, y), 2 * product};
    });
    harness.row("attention_grad", c.name, [&]() -> bench::Job {
      const auto qkv = harness.activation(c.qkv()), dy = harness.activation(c.y()), dqkv = harness.activation(c.qkv());
      const auto height = harness.parameter(c.height()), width = harness.parameter(c.width()),
                 sums = harness.parameter(c.log_sums()), dheight = harness.parameter(c.height()),
                 dwidth = harness.parameter(c.width());
      return {[=, &queue] {
                kernels::attention_grad(
                    queue, options, dy, kernels::AttentionSaved{qkv, sums, {height, width}},
                    kernels::AttentionGradients{dqkv.mutable_view(), dheight.mutable_view(), dwidth.mutable_view()});
              },
              bench::bytes_of(qkv, dy, dqkv), 5 * product};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
