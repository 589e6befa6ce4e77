// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pixel_difference.h"

#include "engine/ops/common.h"

namespace engine {

Tensor pixel_difference(const Tensor& weight, PixelDifference kind) {
  const char* op = "pixel_difference";
  require_rank(op, "weight", weight, 4);
  require_master_dtype(op, "weight", weight);
  const Tensor y = empty(kernels::pixel_difference_shape(weight.shape(), kind), weight);
  kernels::pixel_difference_forward(weight.queue(), kind, weight, y.mutable_view());
  return record(op, y, {weight}, [=, shape = weight.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dweight = empty(shape, dy);
    kernels::pixel_difference_grad(dy.queue(), kind, dy, dweight.mutable_view());
    return {dweight};
  });
}

}  // namespace engine
