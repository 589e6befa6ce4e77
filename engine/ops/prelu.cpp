// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/prelu.h"

#include "engine/ops/common.h"

namespace engine {

Tensor prelu(const Tensor& x, const Tensor& weight) {
  const char* op = "prelu";
  require_rank(op, "x", x, 4);
  require_same_queue(op, {x, weight});
  require_rank(op, "weight", weight, 1);
  if (weight.elements() != 1) require_shape(op, "weight", weight, {x.shape().c()});
  require_master_dtype(op, "weight", weight);
  const Tensor y = empty(x.shape(), x);
  kernels::prelu_forward(x.queue(), x, weight, y.mutable_view());
  return record(op, y, {x, weight},
                [saved_x = Saved(op, x), saved_weight = Saved(op, weight)](const Tensor& dy, Needs needs) -> Gradients {
                  const Tensor dx = needs[0] ? empty(dy.shape(), dy) : Tensor{};
                  const Tensor dweight = needs[1] ? empty(saved_weight.get().shape(), saved_weight) : Tensor{};
                  kernels::prelu_grad(dy.queue(), dy, saved_x, saved_weight, dx.mutable_view(), dweight.mutable_view());
                  return {dx, dweight};
                });
}

}  // namespace engine
