// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/prime_aware_distillation.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c : harness.cases(test::prime_aware_distillation_cases, test::network::prime_aware_distillation)) {
    struct Operands {
      bench::Tensor student, teacher, log_variance, loss;
      kernels::PrimeAwareInputs views() const { return {student, teacher, log_variance}; }
    };
    const auto operands = [&]() -> Operands {
      return {harness.activation(c.feature), harness.activation(c.feature), harness.activation(c.feature),
              harness.parameter({})};
    };
    harness.row("prime_aware_distillation_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      return {[=, &queue] { kernels::prime_aware_distillation_forward(queue, o.views(), o.loss.mutable_view()); },
              bench::bytes_of(o.student, o.teacher, o.log_variance)};
    });
    harness.row("prime_aware_distillation_grad", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto dstudent = harness.activation(c.feature), dlog_variance = harness.activation(c.feature);
      return {[=, &queue] {
                const kernels::PrimeAwareGradients out{dstudent.mutable_view(), dlog_variance.mutable_view()};
                kernels::prime_aware_distillation_grad(queue, o.views(), o.loss, out);
              },
              bench::bytes_of(o.student, o.teacher, o.log_variance, dstudent, dlog_variance)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
