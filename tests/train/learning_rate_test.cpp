// SPDX-License-Identifier: Apache-2.0
#include "train/learning_rate.h"

#include <cmath>

#include "kernels/error.h"
#include "tests/support/catch.h"

using Catch::Matchers::Contains;
using train::rate_factor;

TEST_CASE("the exponential rate changes between epochs only", "[sanitize]") {
  const auto factor = rate_factor({.decay = 0.5}, 10);
  CHECK(factor(0) == 1);
  CHECK(factor(0.99) == 1);
  CHECK(factor(1) == 0.5);
  CHECK(factor(3.25) == 0.125);
}

TEST_CASE("the stepped rate falls at its milestones", "[sanitize]") {
  const auto factor = rate_factor({.schedule = "step", .decay = 0.1, .milestones = {2, 5}}, 10);
  CHECK(factor(1.9) == 1);
  CHECK(factor(2) == Approx(0.1));
  CHECK(factor(7) == Approx(0.01));
}

TEST_CASE("the polynomial rate falls after every step and ends at 0", "[sanitize]") {
  const auto factor = rate_factor({.schedule = "polynomial", .power = 2}, 8);
  CHECK(factor(0) == 1);
  CHECK(factor(2.5) == Approx(std::pow(1 - 2.5 / 8, 2)));
  CHECK(factor(8) == 0);
}

TEST_CASE("a warm-up leads into any schedule", "[sanitize]") {
  const auto factor = rate_factor({.schedule = "polynomial", .power = 1, .warm_up = 2}, 8);
  CHECK(factor(0) == Approx(0.01));
  CHECK(factor(1) == Approx((0.01 + 0.99 / 2) * (1 - 1.0 / 8)));
  CHECK(factor(2) == Approx(1 - 2.0 / 8));
}

TEST_CASE("a schedule that makes no sense is refused by its flag", "[sanitize]") {
  CHECK_THROWS_AS(rate_factor({.schedule = "cosine"}, 10), kernels::UsageError);
  CHECK_THROWS_WITH(rate_factor({.schedule = "cosine"}, 10), Contains("--schedule cosine") && Contains("polynomial"));
  CHECK_THROWS_WITH(rate_factor({.schedule = "step"}, 10), Contains("--milestones"));
  CHECK_THROWS_WITH(rate_factor({.milestones = {3}}, 10), Contains("--milestones"));
  CHECK_THROWS_WITH(rate_factor({.decay = 0}, 10), Contains("--decay 0"));
  CHECK_THROWS_WITH(rate_factor({.warm_up = -1}, 10), Contains("--warm-up -1"));
}
