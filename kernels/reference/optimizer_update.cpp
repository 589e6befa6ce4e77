// SPDX-License-Identifier: Apache-2.0
// The update rules by their formulas, one parameter at a time.
#include "kernels/optimizer_update.h"

#include <cmath>

namespace kernels::reference {

namespace {

enum class WeightDecay { of_the_gradient, of_the_parameter };

void adam(const AdamOptions& options, WeightDecay kind, double rate, ParameterUpdates updates) {
  for (const ParameterUpdate& update : updates) {
    auto *p = update.parameter.as<double>(), *m = update.state[0].as<double>(), *v = update.state[1].as<double>();
    const auto* gradient = update.gradient.as<double>();
    const auto t = static_cast<double>(++update.step.as<std::int64_t>()[0]);
    const double correction1 = 1 - std::pow(options.beta1, t), correction2 = 1 - std::pow(options.beta2, t);
    for (std::int64_t i = 0; i < update.parameter.elements(); ++i) {
      double g = gradient[i];
      if (kind == WeightDecay::of_the_gradient)
        g += options.weight_decay * p[i];
      else
        p[i] *= 1 - rate * options.weight_decay;
      m[i] += (1 - options.beta1) * (g - m[i]);
      v[i] = options.beta2 * v[i] + (1 - options.beta2) * g * g;
      p[i] -= rate / correction1 * m[i] / (std::sqrt(v[i]) / std::sqrt(correction2) + options.epsilon);
    }
  }
}

}  // namespace

void sgd_update(Queue&, const SgdOptions& options, ConstView rate_view, ParameterUpdates updates) {
  const double rate = rate_view.as<double>()[0];
  for (const ParameterUpdate& update : updates) {
    auto *p = update.parameter.as<double>(), *m = update.state[0].as<double>();
    const auto* gradient = update.gradient.as<double>();
    const bool first = ++update.step.as<std::int64_t>()[0] == 1;
    for (std::int64_t i = 0; i < update.parameter.elements(); ++i) {
      double g = gradient[i] + options.weight_decay * p[i];
      if (options.momentum != 0) {
        m[i] = first ? g : options.momentum * m[i] + (1 - options.dampening) * g;
        g = options.nesterov == Nesterov::yes ? g + options.momentum * m[i] : m[i];
      }
      p[i] -= rate * g;
    }
  }
}

void adam_update(Queue&, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  adam(options, WeightDecay::of_the_gradient, rate.as<double>()[0], updates);
}

void adamw_update(Queue&, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  adam(options, WeightDecay::of_the_parameter, rate.as<double>()[0], updates);
}

void rmsprop_update(Queue&, const RmspropOptions& options, ConstView rate_view, ParameterUpdates updates) {
  const double rate = rate_view.as<double>()[0];
  for (const ParameterUpdate& update : updates) {
    auto *p = update.parameter.as<double>(), *v = update.state[0].as<double>();
    auto *m = update.state[1].as<double>(), *average = update.state[2].as<double>();
    const auto* gradient = update.gradient.as<double>();
    ++update.step.as<std::int64_t>()[0];
    for (std::int64_t i = 0; i < update.parameter.elements(); ++i) {
      const double g = gradient[i] + options.weight_decay * p[i];
      v[i] = options.alpha * v[i] + (1 - options.alpha) * g * g;
      double variance = v[i];
      if (options.centered == Centered::yes) {
        average[i] += (1 - options.alpha) * (g - average[i]);
        variance -= average[i] * average[i];
      }
      double change = g / (std::sqrt(variance) + options.epsilon);
      if (options.momentum > 0) change = m[i] = options.momentum * m[i] + change;
      p[i] -= rate * change;
    }
  }
}

}  // namespace kernels::reference
