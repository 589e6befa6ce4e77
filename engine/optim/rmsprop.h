// SPDX-License-Identifier: Apache-2.0
// RMSprop (Hinton, lecture 6e of "Neural networks for machine learning", 2012; centered: Graves 2013), as
// torch.optim.RMSprop: epsilon is added after the root. State: "square_avg", with momentum "momentum", centered
// "grad_avg".
#pragma once

#include "engine/optim/optimizer.h"

namespace engine {

using kernels::RmspropOptions;

class Rmsprop final : public Optimizer {
 public:
  // Throws UsageError where an option makes no sense.
  Rmsprop(std::vector<NamedTensor> parameters, double rate, const RmspropOptions& options = {});

 private:
  void update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) override;
  RmspropOptions options_;
};

}  // namespace engine
