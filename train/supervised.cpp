// SPDX-License-Identifier: Apache-2.0
#include "train/supervised.h"

#include "engine/autograd.h"
#include "engine/ops/cross_entropy.h"
#include "engine/optim/adam.h"
#include "engine/optim/adamw.h"
#include "engine/optim/rmsprop.h"
#include "engine/optim/sgd.h"
#include "kernels/error.h"

namespace train {

using engine::Tensor;

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

Supervised::Supervised(const SupervisedOptions& options, const std::shared_ptr<kernels::Queue>& queue,
                       std::uint64_t seed)
    : options_(options),
      network_(open_network(options.model, options.network, queue, seed)),
      optimizer_(make_optimizer(options.optimizer, network_->store.parameters())) {
  const auto classes = static_cast<std::int64_t>(options.class_weights.size());
  if (classes == 0) return;
  if (classes != options.network.classes)
    throw kernels::UsageError("--class-weights: {} weights for {} classes", classes, options.network.classes);
  class_weights_ =
      engine::from_host(std::span<const double>(options.class_weights), {classes}, engine::master_dtype(*queue), queue);
}

Tensor Supervised::loss(const Tensor& logits, const Tensor& labels) const {
  return engine::cross_entropy(logits, labels, class_weights_, {.ignored_label = options_.ignored_label});
}

Losses Supervised::differentiate(const Batch& batch, const StepContext& context) {
  const models::Inputs in{batch.rgb, batch.thermal, context.listener};
  const Tensor logits = model()(in, context.mode);
  in.feature("logits", logits);
  const Tensor segmentation = loss(logits, batch.labels);
  engine::backward(segmentation, context.scale);
  return {{"segmentation", segmentation.detach()}, {"total", segmentation.detach()}};
}

}  // namespace train
