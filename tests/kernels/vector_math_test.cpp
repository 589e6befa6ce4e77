// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/vector_math.h"

#include <algorithm>
#include <limits>

#include "tests/support/catch.h"

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// |got - want| in units of the last place of a float next to `want`.
double units_in_last_place(float got, double want) {
  if (static_cast<double>(got) == want) return 0;
  const auto nearest = static_cast<float>(std::abs(want));
  if (std::isinf(nearest)) return std::isinf(got) ? 0 : std::numeric_limits<double>::infinity();
  const double unit = static_cast<double>(std::nextafter(nearest, infinity)) - static_cast<double>(nearest);
  return std::abs(static_cast<double>(got) - want) / unit;
}

// Every 977th float in [low, high], by bit pattern (both of one sign).
template <class Body>
void sweep(float low, float high, Body&& body) {
  const auto first = std::bit_cast<std::uint32_t>(low), last = std::bit_cast<std::uint32_t>(high);
  for (std::uint64_t bits = std::min(first, last); bits <= std::max(first, last); bits += 977)
    body(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
}

}  // namespace

TEST_CASE("the exponential is within 2 units in the last place", "[sanitize]") {
  double worst = 0;
  float at = 0;
  const auto check = [&](float x) {
    const double error = units_in_last_place(kernels::cpu::exponential(x), std::exp(static_cast<double>(x)));
    if (error > worst) {
      worst = error;
      at = x;
    }
  };
  sweep(1e-12f, 89.0f, check);
  sweep(-1e-12f, -105.0f, check);
  INFO("worst at " << at);
  CHECK(worst < 2);
}

TEST_CASE("the exponential has the limits of the standard library", "[sanitize]") {
  using kernels::cpu::exponential;
  CHECK(exponential(0.0f) == 1.0f);
  CHECK(exponential(-0.0f) == 1.0f);
  CHECK(exponential(infinity) == infinity);
  CHECK(exponential(200.0f) == infinity);
  CHECK(exponential(-infinity) == 0.0f);
  CHECK(exponential(-200.0f) == 0.0f);
  CHECK(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("the logarithm is within 3 units in the last place", "[sanitize]") {
  double worst = 0;
  float at = 0;
  sweep(1e-45f, std::numeric_limits<float>::max(), [&](float x) {
    const double error = units_in_last_place(kernels::cpu::logarithm(x), std::log(static_cast<double>(x)));
    if (error > worst) {
      worst = error;
      at = x;
    }
  });
  INFO("worst at " << at);
  CHECK(worst < 3);
}

TEST_CASE("the logarithm has the limits of the standard library", "[sanitize]") {
  using kernels::cpu::logarithm;
  CHECK(logarithm(1.0f) == 0.0f);
  CHECK(logarithm(0.0f) == -infinity);
  CHECK(logarithm(-0.0f) == -infinity);
  CHECK(logarithm(infinity) == infinity);
  CHECK(std::isnan(logarithm(-1.0f)));
  CHECK(std::isnan(logarithm(-infinity)));
  CHECK(std::isnan(logarithm(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("the hyperbolic tangent is within 3 units in the last place", "[sanitize]") {
  double worst = 0;
  float at = 0;
  const auto check = [&](float x) {
    const double error = units_in_last_place(kernels::cpu::hyperbolic_tangent(x), std::tanh(static_cast<double>(x)));
    if (error > worst) {
      worst = error;
      at = x;
    }
  };
  sweep(1e-30f, 100.0f, check);
  sweep(-1e-30f, -100.0f, check);
  INFO("worst at " << at);
  CHECK(worst < 3);
}

TEST_CASE("the hyperbolic tangent has the limits of the standard library", "[sanitize]") {
  using kernels::cpu::hyperbolic_tangent;
  CHECK(hyperbolic_tangent(0.0f) == 0.0f);
  CHECK(hyperbolic_tangent(infinity) == 1.0f);
  CHECK(hyperbolic_tangent(-infinity) == -1.0f);
  CHECK(std::isnan(hyperbolic_tangent(std::numeric_limits<float>::quiet_NaN())));
}
