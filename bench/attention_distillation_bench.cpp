// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/attention_distillation.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c : harness.cases(test::attention_distillation_cases, test::network::attention_distillation)) {
    const kernels::Shape map{c.student.n(), c.student.h() * c.student.w()};
    struct Operands {
      bench::Tensor student, of_student, of_teacher, norm, loss;
      kernels::AttentionMaps maps() const {
        return {of_student.mutable_view(), of_teacher.mutable_view(), norm.mutable_view()};
      }
    };
    const auto operands = [&]() -> Operands {
      return {harness.activation(c.student), harness.parameter(map, 0, 1), harness.parameter(map, 0, 1),
              harness.parameter({c.student.n()}, 1, 2), harness.parameter({})};
    };
    harness.row("attention_distillation_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto teacher = harness.activation(c.teacher());
      return {[=, &queue] {
                kernels::attention_distillation_forward(queue, o.student, teacher, o.loss.mutable_view(), o.maps());
              },
              bench::bytes_of(o.student, teacher)};
    });
    harness.row("attention_distillation_grad", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto dstudent = harness.activation(c.student);
      return {[=, &queue] {
                kernels::attention_distillation_grad(queue, o.student, o.maps(), o.loss, dstudent.mutable_view());
              },
              bench::bytes_of(o.student, dstudent)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
