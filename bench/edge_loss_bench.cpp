// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/edge_loss.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c : harness.cases(test::edge_loss_cases, test::network::edge_loss)) {
    const kernels::EdgeLossOptions options{c.form};
    struct Operands {
      bench::Tensor prediction, edges, share, loss;
      kernels::EdgeLossInputs views() const { return {prediction, edges}; }
    };
    const auto operands = [&]() -> Operands {
      return {harness.activation(c.prediction(), 0.1, 0.9), harness.labels(c.edges, 2, kernels::DType::u8),
              harness.parameter({c.edges[0]}, 0.1, 0.9), harness.parameter({})};
    };
    harness.row("edge_loss_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      return {[=, &queue] {
                kernels::edge_loss_forward(queue, options, o.views(), o.share.mutable_view(), o.loss.mutable_view());
              },
              bench::bytes_of(o.prediction, o.edges)};
    });
    harness.row("edge_loss_grad", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto dprediction = harness.activation(c.prediction());
      return {[=, &queue] {
                kernels::edge_loss_grad(queue, options, o.views(), o.share, o.loss, dprediction.mutable_view());
              },
              bench::bytes_of(o.prediction, o.edges, dprediction)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
