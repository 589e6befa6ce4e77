// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/cross_entropy.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::CrossEntropyCase& c : harness.cases(test::cross_entropy_cases, test::network::cross_entropy)) {
    const kernels::Shape map{c.logits.n(), c.logits.h(), c.logits.w()};
    const bool reduced = c.options.reduction != kernels::LossReduction::none;
    const auto classes = static_cast<int>(c.logits.c());
    // Both directions share their operands.
    struct Operands {
      bench::Tensor logits, labels, weight, loss, total;
    };
    const auto operands = [&]() -> Operands {
      return {harness.activation(c.logits, -5, 5), harness.labels(map, classes, c.labels),
              c.weights == test::ClassWeights::given ? harness.parameter({c.logits.c()}, 0.5, 2) : bench::Tensor{},
              harness.parameter(reduced ? kernels::Shape{} : map, 0.5, 1), harness.parameter({}, 100, 200)};
    };
    harness.row("cross_entropy_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      return {[=, &queue, &c] {
                kernels::cross_entropy_forward(queue, c.options,
                                               kernels::CrossEntropyInputs{o.logits, o.labels, o.weight},
                                               o.loss.mutable_view(), o.total.mutable_view());
              },
              bench::bytes_of(o.logits, o.labels)};
    });
    harness.row("cross_entropy_grad", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto dlogits = harness.activation(c.logits);
      return {[=, &queue, &c] {
                kernels::cross_entropy_grad(queue, c.options, kernels::CrossEntropyInputs{o.logits, o.labels, o.weight},
                                            o.loss, o.total, dlogits.mutable_view());
              },
              bench::bytes_of(o.logits, o.labels, dlogits)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
