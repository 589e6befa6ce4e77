// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/schedule.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace engine {

namespace {

void require(bool holds, const char* what, double got) {
  if (!holds) throw kernels::UsageError("schedule: expected {}, got {}", what, got);
}

void require_rate(double rate) {
  require(std::isfinite(rate) && rate >= 0, "a finite rate of at least 0", rate);
}

void require_gamma(double gamma) {
  require(std::isfinite(gamma) && gamma > 0, "a gamma above 0", gamma);
}

}  // namespace

Schedule constant(double rate) {
  require_rate(rate);
  return [=](double) {
    return rate;
  };
}

Schedule exponential(double rate, double gamma) {
  require_rate(rate);
  require_gamma(gamma);
  return [=](double time) {
    return rate * std::pow(gamma, time);
  };
}

Schedule step_at(double rate, double gamma, std::vector<double> milestones) {
  require_rate(rate);
  require_gamma(gamma);
  const auto descent = std::is_sorted_until(milestones.begin(), milestones.end());
  if (descent != milestones.end()) require(false, "ascending milestones", *descent);
  return [=](double time) {
    const auto passed = std::upper_bound(milestones.begin(), milestones.end(), time) - milestones.begin();
    return rate * std::pow(gamma, static_cast<double>(passed));
  };
}

Schedule step_every(double rate, double gamma, double period) {
  require_rate(rate);
  require_gamma(gamma);
  require(period > 0, "a period above 0", period);
  return [=](double time) {
    return rate * std::pow(gamma, std::floor(time / period));
  };
}

Schedule polynomial(double rate, const PolynomialOptions& options) {
  require_rate(rate);
  require_rate(options.last_rate);
  require(options.length > 0, "a length above 0", options.length);
  require(std::isfinite(options.power) && options.power >= 0, "a power of at least 0", options.power);
  return [=](double time) {
    const double left = std::max(0.0, 1 - time / options.length);
    if (left == 0) return options.last_rate;  // Also where the power is 0.
    return options.last_rate + (rate - options.last_rate) * std::pow(left, options.power);
  };
}

Schedule warm_up(Schedule schedule, const WarmUpOptions& options) {
  require(options.length >= 0, "a warm-up of at least 0", options.length);
  require(options.first_factor >= 0 && options.first_factor <= 1, "a first factor in [0, 1]", options.first_factor);
  return [schedule = std::move(schedule), options](double time) {
    const bool anew = options.after == AfterWarmUp::time_starts_anew;
    if (time >= options.length) return schedule(anew ? time - options.length : time);
    const double factor = options.first_factor + (1 - options.first_factor) * time / options.length;
    return factor * schedule(anew ? 0 : time);
  };
}

}  // namespace engine
