// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/rmsprop.h"

#include <limits>

namespace engine {

Rmsprop::Rmsprop(std::vector<NamedTensor> parameters, double rate, const RmspropOptions& options)
    : Optimizer(std::move(parameters), rate,
                {"square_avg", options.momentum > 0 ? "momentum" : "",
                 options.centered == kernels::Centered::yes ? "grad_avg" : ""}),
      options_(options) {
  require_option("rmsprop", "alpha", options.alpha, 0, std::numeric_limits<double>::infinity());
  require_option("rmsprop", "epsilon", options.epsilon, 0, std::numeric_limits<double>::infinity());
  require_option("rmsprop", "weight_decay", options.weight_decay, 0, std::numeric_limits<double>::infinity());
  require_option("rmsprop", "momentum", options.momentum, 0, std::numeric_limits<double>::infinity());
}

void Rmsprop::update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) {
  kernels::rmsprop_update(queue, options_, rate, updates);
}

}  // namespace engine
