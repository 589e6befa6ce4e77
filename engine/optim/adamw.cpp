// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/adamw.h"

#include <limits>

namespace engine {

AdamW::AdamW(std::vector<NamedTensor> parameters, double rate, const AdamOptions& options)
    : Optimizer(std::move(parameters), rate, {"exp_avg", "exp_avg_sq", ""}), options_(options) {
  require_option("adamw", "beta1", options.beta1, 0, 1);
  require_option("adamw", "beta2", options.beta2, 0, 1);
  require_option("adamw", "epsilon", options.epsilon, 0, std::numeric_limits<double>::infinity());
  require_option("adamw", "weight_decay", options.weight_decay, 0, std::numeric_limits<double>::infinity());
}

void AdamW::update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) {
  kernels::adamw_update(queue, options_, rate, updates);
}

}  // namespace engine
