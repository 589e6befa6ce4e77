// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/power.h"

#include "engine/ops/common.h"

namespace engine {

Tensor power(const Tensor& x, const Tensor& exponent, const PowerOptions& options) {
  const char* op = "power";
  require_same_queue(op, {x, exponent});
  require_master_dtype(op, "exponent", exponent);
  if (x.shape().rank() == 0 || exponent.elements() != x.shape()[0] || exponent.shape()[0] != x.shape()[0] ||
      x.elements() == 0)
    throw kernels::ShapeError("{}: expected one exponent per image of x {}, got {}", op, x.shape(), exponent.shape());
  const Tensor y = empty(x.shape(), x);
  kernels::power_forward(x.queue(), options, x, exponent, y.mutable_view());
  return record(op, y, {x, exponent},
                [=, saved_x = Saved(op, x), saved = Saved(op, exponent)](const Tensor& dy, Needs needs) -> Gradients {
                  Gradients gradients(2);
                  if (needs[0]) gradients[0] = empty(dy.shape(), dy);
                  if (needs[1]) gradients[1] = empty(saved.get().shape(), saved);
                  kernels::power_grad(
                      dy.queue(), options, dy, saved_x, saved,
                      kernels::PowerGradients{gradients[0].mutable_view(), gradients[1].mutable_view()});
                  return gradients;
                });
}

}  // namespace engine
