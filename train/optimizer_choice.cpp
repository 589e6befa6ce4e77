// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer_choice.h"

#include "engine/optim/adam.h"
#include "engine/optim/adamw.h"
#include "engine/optim/rmsprop.h"
#include "engine/optim/sgd.h"
#include "kernels/error.h"

namespace train {

std::unique_ptr<engine::Optimizer> make_optimizer(const OptimizerChoice& c,
                                                  std::vector<engine::NamedTensor> parameters) {
  if (c.name == "sgd")
    return std::make_unique<engine::Sgd>(std::move(parameters), c.rate,
                                         engine::SgdOptions{.momentum = c.momentum, .weight_decay = c.weight_decay});
  if (c.name == "adam")
    return std::make_unique<engine::Adam>(std::move(parameters), c.rate,
                                          engine::AdamOptions{.weight_decay = c.weight_decay});
  if (c.name == "adamw")
    return std::make_unique<engine::AdamW>(std::move(parameters), c.rate,
                                           engine::AdamOptions{.weight_decay = c.weight_decay});
  if (c.name == "rmsprop")
    return std::make_unique<engine::Rmsprop>(
        std::move(parameters), c.rate, engine::RmspropOptions{.weight_decay = c.weight_decay, .momentum = c.momentum});
  throw kernels::UsageError("--optimizer {}: no such optimizer; there are sgd, adam, adamw and rmsprop", c.name);
}

}  // namespace train
