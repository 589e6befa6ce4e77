// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/sgd.h"

#include <limits>

#include "kernels/error.h"

namespace engine {

Sgd::Sgd(std::vector<NamedTensor> parameters, double rate, const SgdOptions& options)
    : Optimizer(std::move(parameters), rate, {options.momentum != 0 ? "momentum" : "", "", ""}), options_(options) {
  require_option("sgd", "momentum", options.momentum, 0, std::numeric_limits<double>::infinity());
  require_option("sgd", "weight_decay", options.weight_decay, 0, std::numeric_limits<double>::infinity());
  if (options.nesterov == kernels::Nesterov::yes && (options.momentum == 0 || options.dampening != 0))
    throw kernels::UsageError("sgd: Nesterov needs a momentum and no dampening, got momentum {} and dampening {}",
                              options.momentum, options.dampening);
}

void Sgd::update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) {
  kernels::sgd_update(queue, options_, rate, updates);
}

}  // namespace engine
