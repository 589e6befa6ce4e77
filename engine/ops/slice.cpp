// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/slice.h"

#include "engine/ops/common.h"

namespace engine {

Tensor slice(const Tensor& x, const SliceOptions& options) {
  if (!x) throw kernels::ShapeError("slice: x is no tensor");
  const Tensor y = empty(kernels::slice_shape(x.shape(), options), x);
  kernels::slice_forward(x.queue(), options, x, y.mutable_view());
  return record("slice", y, {x}, [=, x_shape = x.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(x_shape, dy);
    kernels::slice_grad(dy.queue(), options, dy, dx.mutable_view());
    return {dx};
  });
}

}  // namespace engine
