// SPDX-License-Identifier: Apache-2.0
// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW, whose default of 0.01 for the
// decay is the caller's to give. State: "exp_avg" and "exp_avg_sq".
#pragma once

#include "engine/optim/optimizer.h"

namespace engine {

using kernels::AdamOptions;

class AdamW final : public Optimizer {
 public:
  // Throws UsageError where an option makes no sense.
  AdamW(std::vector<NamedTensor> parameters, double rate, const AdamOptions& options = {});

 private:
  void update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) override;
  AdamOptions options_;
};

}  // namespace engine
