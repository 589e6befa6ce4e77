// SPDX-License-Identifier: Apache-2.0
// Transposed convolution as the convolution kernels with the roles of x and y exchanged.
#include "kernels/conv_transpose2d.h"

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

void add_bias(Queue& queue, ConstView bias, View y) {
  const Lanes lanes(y.shape.c(), y.elements());
  const std::vector<float> spread = lanes.spread([&](std::int64_t c) { return bias.as<float>()[c]; });
  const float* b = spread.data();
  visit_dtype<float, bf16>(y.dtype, "conv_transpose2d_forward", [&]<class T>() {
    T* to = y.as<T>();
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) store(to, at + i, load(to, at + i) + b[i]);
      });
    });
  });
}

}  // namespace

void conv_transpose2d_forward(Queue& queue, const ConvTranspose2dOptions& options, ConstView x, ConstView weight,
                              ConstView bias, View y) {
  conv2d_grad_input(queue, adjoint_convolution(options), x, weight, y);
  if (bias) add_bias(queue, bias, y);
}

void conv_transpose2d_grad_input(Queue& queue, const ConvTranspose2dOptions& options, ConstView dy, ConstView weight,
                                 View dx) {
  conv2d_forward(queue, adjoint_convolution(options), dy, weight, {}, dx);
}

void conv_transpose2d_grad_weight(Queue& queue, const ConvTranspose2dOptions& options, ConstView dy, ConstView x,
                                  View dweight) {
  conv2d_grad_weight(queue, adjoint_convolution(options), x, dy, dweight);
}

}  // namespace kernels::cpu
