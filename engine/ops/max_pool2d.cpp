// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/max_pool2d.h"

#include "engine/ops/common.h"

namespace engine {

Tensor max_pool2d(const Tensor& x, const Pool2dOptions& options) {
  const char* op = "max_pool2d";
  require_rank(op, "x", x, 4);
  const Shape shape = kernels::pool2d_shape(op, x.shape(), options);
  if (options.kernel.h * options.kernel.w > 256)
    throw kernels::ShapeError("{}: a window has at most 256 places, kernel {} has {}", op, options.kernel,
                              options.kernel.h * options.kernel.w);
  const Tensor y = empty(shape, x);
  const Tensor position = needs_gradient({x}) ? empty(shape, DType::u8, x.shared_queue()) : Tensor{};
  kernels::max_pool2d_forward(x.queue(), options, x, y.mutable_view(), position ? position.mutable_view() : View{});
  return record(op, y, {x},
                [=, x_shape = x.shape(), position = Saved(op, position)](const Tensor& dy, Needs) -> Gradients {
                  const Tensor dx = empty(x_shape, dy);
                  kernels::max_pool2d_grad(dy.queue(), options, dy, position.get(), dx.mutable_view());
                  return {dx};
                });
}

}  // namespace engine
