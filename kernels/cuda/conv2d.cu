// SPDX-License-Identifier: Apache-2.0
// Convolution by implicit matrix multiplication: bf16 and TF32 on the tensor cores, f32 by plain
// multiply-adds.
#include "kernels/conv2d.h"
#include "kernels/cuda/conv2d_choice.h"
#include "kernels/reduce.h"

namespace kernels::cuda {

void conv2d_forward(Queue& queue, const Conv2dOptions& options, ConstView x, ConstView weight,
                    const Conv2dEpilogue& epilogue, View y) {
  gather_products_by_choice(queue, {"conv2d_forward", Gathering::convolution, options}, x, weight, epilogue, y);
}

void conv2d_grad_input(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView weight, View dx) {
  Conv2dOptions plain = options;
  plain.activation = Activation::none();
  gather_products_by_choice(queue, {"conv2d_grad_input", Gathering::adjoint, plain}, dy, weight, {}, dx);
}

void conv2d_grad_weight(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight) {
  conv2d_grad_weight_by_choice(queue, options, dy, x, dweight);
}

void conv2d_grad_bias(Queue& queue, ConstView dy, View dbias) {
  const View sums{dbias.data, dbias.dtype, {1, dbias.elements(), 1, 1}};
  reduce_sum(queue, 1.0, dy, sums);
}

}  // namespace kernels::cuda
