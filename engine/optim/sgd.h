// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent with momentum (Polyak 1964; Nesterov's form after Sutskever et al. 2013), weight decay
// added to the gradient, as torch.optim.SGD. State: "momentum", where the momentum is not zero.
#pragma once

#include "engine/optim/optimizer.h"

namespace engine {

using kernels::SgdOptions;

class Sgd final : public Optimizer {
 public:
  // Throws UsageError where an option makes no sense.
  Sgd(std::vector<NamedTensor> parameters, double rate, const SgdOptions& options = {});

 private:
  void update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) override;
  SgdOptions options_;
};

}  // namespace engine
