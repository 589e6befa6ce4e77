// SPDX-License-Identifier: Apache-2.0
#include "train/learning_rate.h"

#include "kernels/error.h"

namespace train {

namespace {

constexpr double first_factor = 0.01;  // Of a warm-up: a rate of 0 would waste the first step.

engine::Schedule plain(const RateOptions& options, double epochs) {
  if (options.schedule != "polynomial" && !(options.decay > 0))
    throw kernels::UsageError("--decay {}: expected a number above 0", options.decay);
  if (options.schedule == "exponential") return engine::step_every(1, options.decay, 1);
  if (options.schedule == "step") {
    if (options.milestones.empty())
      throw kernels::UsageError("--schedule step: expected --milestones, for example --milestones 30,60");
    return engine::step_at(1, options.decay, options.milestones);
  }
  if (options.schedule == "polynomial") return engine::polynomial(1, {.length = epochs, .power = options.power});
  throw kernels::UsageError("--schedule {}: expected exponential, step or polynomial", options.schedule);
}

}  // namespace

engine::Schedule rate_factor(const RateOptions& options, double epochs) {
  if (options.schedule != "step" && !options.milestones.empty())
    throw kernels::UsageError("--milestones: only --schedule step has them, not {}", options.schedule);
  if (!(options.warm_up >= 0)) throw kernels::UsageError("--warm-up {}: expected at least 0", options.warm_up);
  engine::Schedule schedule = plain(options, epochs);
  if (options.warm_up == 0) return schedule;
  return engine::warm_up(std::move(schedule), {.length = options.warm_up, .first_factor = first_factor});
}

}  // namespace train
