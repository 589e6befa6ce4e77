// SPDX-License-Identifier: Apache-2.0
#include "train/supervised.h"

#include "engine/autograd.h"
#include "engine/ops/cross_entropy.h"
#include "kernels/range.h"

namespace train {

using engine::Tensor;

Supervised::Supervised(const RecipeOptions& options, const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed)
    : options_(options),
      network_(open_network(options.model, options.network, queue, seed)),
      optimizer_(make_optimizer(options.optimizer, network_->store.parameters())),
      class_weights_(class_weights_on(queue, options)) {}

Tensor Supervised::loss(const Tensor& logits, const Tensor& labels) const {
  return engine::cross_entropy(logits, labels, class_weights_, {.ignored_label = options_.ignored_label});
}

Tensor Supervised::forward(const Batch& batch, const StepContext& context) const {
  const kernels::Range range(*network_->store.queue(), {.name = "forward"});
  const models::Inputs in{batch.rgb, batch.thermal, context.listener};
  const Tensor logits = model()(in, context.mode);
  in.feature("logits", logits);
  return loss(logits, batch.labels);
}

Losses Supervised::differentiate(const Batch& batch, const StepContext& context) {
  const Tensor segmentation = forward(batch, context);
  engine::backward(segmentation, context.scale);
  return {{"segmentation", segmentation.detach()}, {"total", segmentation.detach()}};
}

}  // namespace train
