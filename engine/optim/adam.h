// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma and Ba 2015) with weight decay added to the gradient, as torch.optim.Adam.
// State: "exp_avg" and "exp_avg_sq".
#pragma once

#include "engine/optim/optimizer.h"

namespace engine {

using kernels::AdamOptions;

class Adam final : public Optimizer {
 public:
  // Throws UsageError where an option makes no sense.
  Adam(std::vector<NamedTensor> parameters, double rate, const AdamOptions& options = {});

 private:
  void update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) override;
  AdamOptions options_;
};

}  // namespace engine
