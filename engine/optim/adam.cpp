// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/adam.h"

#include <limits>

namespace engine {

Adam::Adam(std::vector<NamedTensor> parameters, double rate, const AdamOptions& options)
    : Optimizer(std::move(parameters), rate, {"exp_avg", "exp_avg_sq", ""}), options_(options) {
  require_option("adam", "beta1", options.beta1, 0, 1);
  require_option("adam", "beta2", options.beta2, 0, 1);
  require_option("adam", "epsilon", options.epsilon, 0, std::numeric_limits<double>::infinity());
  require_option("adam", "weight_decay", options.weight_decay, 0, std::numeric_limits<double>::infinity());
}

void Adam::update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) {
  kernels::adam_update(queue, options_, rate, updates);
}

}  // namespace engine
