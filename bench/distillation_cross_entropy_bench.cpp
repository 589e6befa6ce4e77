// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/distillation_cross_entropy.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c :
       harness.cases(test::distillation_cross_entropy_cases, test::network::distillation_cross_entropy)) {
    harness.row("distillation_cross_entropy_forward", c.name, [&]() -> bench::Job {
      const auto student = harness.activation(c.logits, -5, 5), teacher = harness.activation(c.logits, -5, 5),
                 loss = harness.parameter({});
      return {[=, &queue, options = c.options] {
                kernels::distillation_cross_entropy_forward(queue, options, student, teacher, loss.mutable_view());
              },
              bench::bytes_of(student, teacher)};
    });
    harness.row("distillation_cross_entropy_grad", c.name, [&]() -> bench::Job {
      const auto student = harness.activation(c.logits, -5, 5), teacher = harness.activation(c.logits, -5, 5),
                 dloss = harness.parameter({}), dstudent = harness.activation(c.logits);
      return {[=, &queue, options = c.options] {
                kernels::distillation_cross_entropy_grad(queue, options, student, teacher, dloss,
                                                         dstudent.mutable_view());
              },
              bench::bytes_of(student, teacher, dstudent)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
