// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/schedule.h"

#include "kernels/error.h"
#include "tests/support/catch.h"

using namespace engine;
using kernels::UsageError;

TEST_CASE("schedules follow their formulas", "[sanitize]") {
  CHECK(constant(0.3)(1e6) == 0.3);
  CHECK(exponential(0.5, 0.9)(0) == 0.5);
  CHECK(exponential(0.5, 0.9)(3) == Approx(0.5 * 0.9 * 0.9 * 0.9).epsilon(1e-15));
  CHECK(step_every(1, 0.1, 30)(29) == 1);
  CHECK(step_every(1, 0.1, 30)(30) == Approx(0.1).epsilon(1e-15));
  CHECK(step_every(1, 0.1, 30)(89) == Approx(0.01).epsilon(1e-15));
  const Schedule steps = step_at(2, 0.5, {10, 20});
  CHECK(steps(9) == 2);
  CHECK(steps(10) == 1);
  CHECK(steps(19) == 1);
  CHECK(steps(20) == 0.5);
  CHECK(steps(1000) == 0.5);
  const Schedule falling = polynomial(0.01, {.length = 1000, .power = 0.9});
  CHECK(falling(0) == 0.01);
  CHECK(falling(250) == Approx(0.01 * 0.7718895067235705).epsilon(1e-14));  // 0.75^0.9.
  CHECK(falling(1000) == 0);
  CHECK(falling(2000) == 0);
  CHECK(polynomial(1, {.length = 10, .power = 2, .last_rate = 0.2})(5) == Approx(0.2 + 0.8 * 0.25).epsilon(1e-15));
}

TEST_CASE("a warm-up grows linearly and then hands over", "[sanitize]") {
  const Schedule flat = warm_up(constant(2), {.length = 10, .first_factor = 0.1});
  CHECK(flat(0) == Approx(0.2).epsilon(1e-15));
  CHECK(flat(5) == Approx(2 * 0.55).epsilon(1e-15));
  CHECK(flat(10) == 2);
  const Schedule decaying = exponential(1, 0.5);
  CHECK(warm_up(decaying, {.length = 4})(2) == Approx(0.5 * 0.25).epsilon(1e-15));
  CHECK(warm_up(decaying, {.length = 4})(5) == Approx(0.03125).epsilon(1e-15));
  const Schedule anew = warm_up(decaying, {.length = 4, .after = AfterWarmUp::time_starts_anew});
  CHECK(anew(2) == Approx(0.5).epsilon(1e-15));
  CHECK(anew(4) == 1);
  CHECK(anew(5) == 0.5);
  CHECK(warm_up(constant(3), {.length = 0})(0) == 3);
}

TEST_CASE("schedules refuse numbers that make no sense", "[sanitize]") {
  CHECK_THROWS_AS(constant(-1), UsageError);
  CHECK_THROWS_AS(exponential(1, 0), UsageError);
  CHECK_THROWS_AS(step_at(1, 0.1, {20, 10}), UsageError);
  CHECK_THROWS_AS(step_every(1, 0.1, 0), UsageError);
  CHECK_THROWS_AS(polynomial(1, {.length = 0}), UsageError);
  CHECK_THROWS_AS(polynomial(1, {.length = 1, .power = -1}), UsageError);
  CHECK_THROWS_AS(warm_up(constant(1), {.first_factor = 2}), UsageError);
}
