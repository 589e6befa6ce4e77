// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/conv_transpose2d.h"

#include "engine/ops/common.h"

namespace engine {

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options) {
  const char* op = "conv_transpose2d";
  require_rank(op, "x", x, 4);
  require_rank(op, "weight", weight, 4);
  require_same_queue(op, {x, weight, bias});
  require_master_dtype(op, "weight", weight);
  const Shape shape = kernels::conv_transpose2d_shape(x.shape(), weight.shape(), options);
  if (bias) {
    require_shape(op, "bias", bias, {shape.c()});
    require_master_dtype(op, "bias", bias);
  }
  const Tensor y = empty(shape, x);
  kernels::conv_transpose2d_forward(x.queue(), options, x, weight, bias, y.mutable_view());
  return record(
      op, y, {x, weight, bias},
      [=, saved_x = Saved(op, x), saved_weight = Saved(op, weight)](const Tensor& dy, Needs needs) -> Gradients {
        Gradients gradients(3);
        Queue& queue = dy.queue();
        if (needs[0]) {
          gradients[0] = empty(saved_x.get().shape(), dy);
          kernels::conv_transpose2d_grad_input(queue, options, dy, saved_weight.get(), gradients[0].mutable_view());
        }
        if (needs[1]) {
          gradients[1] = empty(saved_weight.get().shape(), saved_weight);
          kernels::conv_transpose2d_grad_weight(queue, options, dy, saved_x.get(), gradients[1].mutable_view());
        }
        if (needs[2]) {
          gradients[2] = empty({dy.shape().c()}, saved_weight);
          kernels::conv2d_grad_bias(queue, dy, gradients[2].mutable_view());
        }
        return gradients;
      });
}

}  // namespace engine
