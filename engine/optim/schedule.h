// SPDX-License-Identifier: Apache-2.0
// Learning rates as pure functions of time: a resumed run needs to know nothing but where it stands. Time is counted
// from 0 in whatever unit the recipe steps in (epochs, iterations, images).
//   const Schedule rate = warm_up(polynomial(0.01, {.length = 40000}), {.length = 500, .first_factor = 0.1});
//   optimizer.set_rate(rate(iteration));
// Every function throws UsageError where its numbers make no sense.
#pragma once

#include <functional>
#include <vector>

namespace engine {

using Schedule = std::function<double(double time)>;

Schedule constant(double rate);
// rate * gamma^time.
Schedule exponential(double rate, double gamma);
// rate * gamma^(how many milestones lie at or before time); milestones ascend.
Schedule step_at(double rate, double gamma, std::vector<double> milestones);
// rate * gamma^floor(time / period).
Schedule step_every(double rate, double gamma, double period);

struct PolynomialOptions {
  double length = 1;  // Time at which the last rate is reached; it stays there.
  double power = 0.9;
  double last_rate = 0;
};
// last_rate + (rate - last_rate) * (1 - time / length)^power.
Schedule polynomial(double rate, const PolynomialOptions& options);

// What the time of the schedule behind a warm-up is.
enum class AfterWarmUp {
  time_goes_on,     // The warm-up's factor multiplies the schedule; both start at 0.
  time_starts_anew  // The schedule's own first rate is warmed up to, then it starts at its 0.
};
struct WarmUpOptions {
  double length = 1;        // From this time on the factor is 1.
  double first_factor = 0;  // At time 0; grows linearly.
  AfterWarmUp after = AfterWarmUp::time_goes_on;
};
Schedule warm_up(Schedule schedule, const WarmUpOptions& options);

}  // namespace engine
