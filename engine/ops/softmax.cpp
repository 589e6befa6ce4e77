// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/softmax.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

Tensor softmax_of_kind(const char* op, const Tensor& x, const kernels::SoftmaxOptions& options) {
  const Tensor y = empty(x.shape(), x);
  kernels::softmax_forward(x.queue(), options, x, y.mutable_view());
  return record(op, y, {x}, [=, saved_y = Saved(op, y)](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(dy.shape(), dy);
    kernels::softmax_grad(dy.queue(), options, dy, saved_y, dx.mutable_view());
    return {dx};
  });
}

}  // namespace

Tensor softmax(const Tensor& x, int axis) {
  return softmax_of_kind("softmax", x, {axis, kernels::SoftmaxKind::softmax});
}

Tensor log_softmax(const Tensor& x, int axis) {
  return softmax_of_kind("log_softmax", x, {axis, kernels::SoftmaxKind::log_softmax});
}

}  // namespace engine
