// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/average_pool2d.h"

#include "engine/ops/common.h"

namespace engine {

Tensor average_pool2d(const Tensor& x, const AveragePool2dOptions& options) {
  const char* op = "average_pool2d";
  require_rank(op, "x", x, 4);
  const Tensor y = empty(kernels::pool2d_shape(op, x.shape(), options.window), x);
  kernels::average_pool2d_forward(x.queue(), options, x, y.mutable_view());
  return record(op, y, {x}, [=, x_shape = x.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(x_shape, dy);
    kernels::average_pool2d_grad(dy.queue(), options, dy, dx.mutable_view());
    return {dx};
  });
}

}  // namespace engine
