// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/resize.h"

#include "engine/ops/common.h"

namespace engine {

Tensor resize(const Tensor& x, Size2 size, const ResizeOptions& options) {
  const char* op = "resize";
  require_rank(op, "x", x, 4);
  if (size.h < 1 || size.w < 1 || x.elements() == 0)
    throw kernels::ShapeError("{}: x {} has no image of {} pixels", op, x.shape(), size);
  if (x.shape().h() == size.h && x.shape().w() == size.w) return x;
  const Tensor y = empty({x.shape().n(), x.shape().c(), size.h, size.w}, x);
  kernels::resize_forward(x.queue(), options, x, y.mutable_view());
  return record(op, y, {x}, [=, x_shape = x.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(x_shape, dy);
    kernels::resize_grad(dy.queue(), options, dy, dx.mutable_view());
    return {dx};
  });
}

}  // namespace engine
