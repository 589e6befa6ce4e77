// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/adaptive_average_pool2d.h"

#include "engine/ops/common.h"
#include "kernels/adaptive_average_pool2d.h"

namespace engine {

Tensor adaptive_average_pool2d(const Tensor& x, Size2 size) {
  const char* op = "adaptive_average_pool2d";
  require_rank(op, "x", x, 4);
  if (size.h < 1 || size.w < 1 || x.elements() == 0)
    throw kernels::ShapeError("{}: x {} has no division into {} windows", op, x.shape(), size);
  const Tensor y = empty({x.shape().n(), x.shape().c(), size.h, size.w}, x);
  kernels::adaptive_average_pool2d_forward(x.queue(), x, y.mutable_view());
  return record(op, y, {x}, [=, x_shape = x.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(x_shape, dy);
    kernels::adaptive_average_pool2d_grad(dy.queue(), dy, dx.mutable_view());
    return {dx};
  });
}

Tensor global_average_pool(const Tensor& x) {
  return adaptive_average_pool2d(x, 1);
}

}  // namespace engine
