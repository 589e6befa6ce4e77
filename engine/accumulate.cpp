// SPDX-License-Identifier: Apache-2.0
#include "engine/accumulate.h"

#include "kernels/broadcast.h"
#include "kernels/elementwise_binary.h"
#include "kernels/reduce.h"

namespace engine {

Tensor accumulate(Tensor sum, Tensor gradient) {
  if (sum.shape() != gradient.shape())
    throw kernels::ShapeError("backward: gradients of shapes {} and {} meet", sum.shape(), gradient.shape());
  Queue& queue = sum.queue();
  Tensor target = !sum.shares_storage() ? sum : !gradient.shares_storage() ? gradient : empty(sum.shape(), sum);
  kernels::elementwise_binary(queue, kernels::BinaryOp::add, sum.view(), gradient.view(), target.mutable_view());
  return target;
}

Tensor sum_to_shape(Tensor gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  Tensor summed = empty(kernels::pad_rank(shape, gradient.shape().rank()), gradient);
  kernels::reduce_sum(gradient.queue(), 1.0, gradient.view(), summed.mutable_view());
  return summed.reshape(shape);
}

}  // namespace engine
