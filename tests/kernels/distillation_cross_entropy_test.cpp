// SPDX-License-Identifier: Apache-2.0
#include "kernels/distillation_cross_entropy.h"

#include "tests/cases/distillation_cross_entropy_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

LossOutputs run(const DistillationCrossEntropyCase& c, const Side& side) {
  const Tensor student = side.random(c.logits, 1, -12, 12), teacher = side.random(c.logits, 2, -12, 12),
               dloss = side.parameter({}, 3, 0.5, 1);
  LossOutputs out{{"loss", side.vector({}), c.logits.c()},
                  {"gradient", side.activation(c.logits), c.logits.c(), side.dtype()}};
  kernels::distillation_cross_entropy_forward(*side.queue(), c.options, student, teacher, out[0].values.view());
  kernels::distillation_cross_entropy_grad(*side.queue(), c.options, student, teacher, dloss, out[1].values.view());
  return out;
}

}  // namespace

TEST_CASE("distillation_cross_entropy and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(distillation_cross_entropy_cases, CaseSize::small, run);
}

TEST_CASE("distillation_cross_entropy and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(distillation_cross_entropy_cases, CaseSize::large, run);
}

TEST_CASE("distillation_cross_entropy repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(distillation_cross_entropy_cases, run);
}

TEST_CASE("distillation_cross_entropy does not overflow where logits are huge", "[sanitize]") {
  for (const Where& where : everywhere()) {
    const Side side(where, Side::Kind::device);
    const std::vector<double> student = {1e30, 0, -1e30}, teacher = {2e30, 2e30, 0};
    const auto tensor = [&](const std::vector<double>& values) {
      return engine::from_host(std::span<const double>(values), {1, 3, 1, 1}, where.dtype, where.queue);
    };
    Guarded loss = side.vector({}), gradient = side.activation({1, 3, 1, 1});
    const Tensor dloss = engine::full({}, 1.0, DType::f32, where.queue);
    kernels::distillation_cross_entropy_forward(*where.queue, kernels::DistillationCrossEntropyOptions{},
                                                tensor(student), tensor(student), loss.view());
    kernels::distillation_cross_entropy_grad(*where.queue, kernels::DistillationCrossEntropyOptions{}, tensor(student),
                                             tensor(teacher), dloss, gradient.view());
    CHECK(loss.values()[0] == 0.0);  // A sure student that agrees with its teacher.
    expect_close(gradient.values(), {0.5, -0.5, 0}, 1e-6, where.name() + ", gradient");
  }
}
