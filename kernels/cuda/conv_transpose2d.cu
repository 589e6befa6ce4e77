// SPDX-License-Identifier: Apache-2.0
// Transposed convolution as the convolution kernels with the roles of x and y exchanged; the bias is added on the way
// out.
#include "kernels/conv_transpose2d.h"
#include "kernels/cuda/conv2d_choice.h"

namespace kernels::cuda {

void conv_transpose2d_forward(Queue& queue, const ConvTranspose2dOptions& options, ConstView x, ConstView weight,
                              ConstView bias, View y) {
  gather_products_by_choice(queue, {"conv_transpose2d_forward", Gathering::adjoint, adjoint_convolution(options)}, x,
                            weight, {.bias = bias}, y);
}

void conv_transpose2d_grad_input(Queue& queue, const ConvTranspose2dOptions& options, ConstView dy, ConstView weight,
                                 View dx) {
  gather_products_by_choice(
      queue, {"conv_transpose2d_grad_input", Gathering::convolution, adjoint_convolution(options)}, dy, weight, {}, dx);
}

void conv_transpose2d_grad_weight(Queue& queue, const ConvTranspose2dOptions& options, ConstView dy, ConstView x,
                                  View dweight) {
  conv2d_grad_weight(queue, adjoint_convolution(options), x, dy, dweight);
}

}  // namespace kernels::cuda
