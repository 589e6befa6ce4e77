// SPDX-License-Identifier: Apache-2.0
#include "kernels/mean_squared_error.h"

#include "tests/cases/mean_squared_error_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

LossOutputs run(const MeanSquaredErrorCase& c, const Side& side) {
  const Tensor x = side.random(c.x, 1), target = side.random(c.x, 2), dloss = side.parameter({}, 3, 0.5, 1);
  LossOutputs out{{"loss", side.vector({})}, {"gradient", side.activation(c.x), 1, side.dtype()}};
  kernels::mean_squared_error_forward(*side.queue(), x, target, out[0].values.view());
  kernels::mean_squared_error_grad(*side.queue(), x, target, dloss, out[1].values.view());
  return out;
}

}  // namespace

TEST_CASE("mean_squared_error and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(mean_squared_error_cases, CaseSize::small, run);
}

TEST_CASE("mean_squared_error and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(mean_squared_error_cases, CaseSize::large, run);
}

TEST_CASE("mean_squared_error repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(mean_squared_error_cases, run);
}
