// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/mean_squared_error.h"

#include "engine/ops/common.h"

namespace engine {

Tensor mean_squared_error(const Tensor& x, const Tensor& target) {
  const char* op = "mean_squared_error";
  require_shape(op, "target", target, x.shape());
  require_same_queue(op, {x, target});
  require_same_dtype(op, {x, target});
  const Tensor loss = empty(Shape{}, master_dtype(x.queue()), x.shared_queue());
  kernels::mean_squared_error_forward(x.queue(), x, target, loss.mutable_view());
  return record(op, loss, {x},
                [saved_x = Saved(op, x), saved_target = Saved(op, target)](const Tensor& dloss, Needs) -> Gradients {
                  const Tensor dx = empty(saved_x.get().shape(), saved_x);
                  kernels::mean_squared_error_grad(dloss.queue(), saved_x, saved_target, dloss, dx.mutable_view());
                  return {dx};
                });
}

}  // namespace engine
