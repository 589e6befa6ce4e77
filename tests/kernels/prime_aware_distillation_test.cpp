// SPDX-License-Identifier: Apache-2.0
#include "kernels/prime_aware_distillation.h"

#include "tests/cases/prime_aware_distillation_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

LossOutputs run(const PrimeAwareDistillationCase& c, const Side& side) {
  const Tensor student = side.random(c.feature, 1), teacher = side.random(c.feature, 2),
               log_variance = side.random(c.feature, 3, -2, 2), dloss = side.parameter({}, 4, 0.5, 1);
  LossOutputs out{{"loss", side.vector({}), 4},
                  {"gradient of the student", side.activation(c.feature), 4, side.dtype()},
                  {"gradient of the log variance", side.activation(c.feature), 4, side.dtype()}};
  const kernels::PrimeAwareInputs in{student, teacher, log_variance};
  kernels::prime_aware_distillation_forward(*side.queue(), in, out[0].values.view());
  kernels::prime_aware_distillation_grad(*side.queue(), in, dloss,
                                         kernels::PrimeAwareGradients{out[1].values.view(), out[2].values.view()});
  return out;
}

}  // namespace

TEST_CASE("prime_aware_distillation and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(prime_aware_distillation_cases, CaseSize::small, run);
}

TEST_CASE("prime_aware_distillation and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(prime_aware_distillation_cases, CaseSize::large, run);
}

TEST_CASE("prime_aware_distillation repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(prime_aware_distillation_cases, run);
}
