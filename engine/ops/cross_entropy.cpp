// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/cross_entropy.h"

#include "engine/ops/common.h"

namespace engine {

Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& weight,
                     const CrossEntropyOptions& options) {
  require_rank("cross_entropy", "logits", logits, 4);
  const Shape& shape = logits.shape();
  require_shape("cross_entropy", "labels", labels, {shape.n(), shape.h(), shape.w()});
  if (kernels::is_floating(labels.dtype()))
    throw kernels::DTypeError("cross_entropy: labels must be u8, i32 or i64, got {}", name_of(labels.dtype()));
  require_same_queue("cross_entropy", {logits, labels, weight});
  if (weight) {
    require_shape("cross_entropy", "weight", weight, {shape.c()});
    require_master_dtype("cross_entropy", "weight", weight);
  }
  const DType master = master_dtype(logits.queue());
  const bool reduced = options.reduction != LossReduction::none;
  const Tensor loss = empty(reduced ? Shape{} : labels.shape(), master, logits.shared_queue());
  const bool averaged = options.reduction == LossReduction::mean;
  const Tensor total = averaged ? empty(Shape{}, master, logits.shared_queue()) : Tensor{};
  kernels::cross_entropy_forward(logits.queue(), options, kernels::CrossEntropyInputs{logits, labels, weight},
                                 loss.mutable_view(), total.mutable_view());
  const char* op = "cross_entropy";
  return record(
      op, loss, {logits},
      [=, saved_logits = Saved(op, logits), saved_labels = Saved(op, labels), saved_weight = Saved(op, weight),
       saved_total = Saved(op, total)](const Tensor& dloss, Needs) -> Gradients {
        const Tensor dlogits = empty(saved_logits.get().shape(), saved_logits);
        kernels::cross_entropy_grad(dloss.queue(), options,
                                    kernels::CrossEntropyInputs{saved_logits, saved_labels, saved_weight}, dloss,
                                    saved_total, dlogits.mutable_view());
        return {dlogits};
      });
}

}  // namespace engine
