// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/pairwise_similarity.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const auto& c : harness.cases(test::pairwise_similarity_cases, test::network::pairwise_similarity)) {
    const std::int64_t images = c.student.n(), pixels = c.pixels();
    // Multiply-adds of one product of all pairs of pixels with the channels.
    const double products = static_cast<double>(images * pixels * pixels);
    struct Operands {
      bench::Tensor student, difference, inverse_norm, loss;
      kernels::SimilaritySaved saved() const { return {difference.mutable_view(), inverse_norm.mutable_view()}; }
    };
    const auto operands = [&]() -> Operands {
      return {harness.activation(c.student), harness.parameter({images, pixels, pixels}),
              harness.parameter({images, pixels}, 0.1, 1), harness.parameter({})};
    };
    harness.row("pairwise_similarity_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto teacher = harness.activation(c.teacher());
      return {[=, &queue] {
                kernels::pairwise_similarity_forward(queue, o.student, teacher, o.loss.mutable_view(), o.saved());
              },
              bench::bytes_of(o.student, teacher, o.difference),
              2 * products * static_cast<double>(c.student.c() + c.teacher_channels)};
    });
    harness.row("pairwise_similarity_grad", c.name, [&]() -> bench::Job {
      const Operands o = operands();
      const auto dstudent = harness.activation(c.student);
      return {[=, &queue] {
                kernels::pairwise_similarity_grad(queue, o.student, o.saved(), o.loss, dstudent.mutable_view());
              },
              bench::bytes_of(o.student, o.difference, dstudent), 2 * products * static_cast<double>(c.student.c())};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
