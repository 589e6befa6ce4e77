// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/conv2d.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

Tensor forward(const Tensor& x, const Tensor& weight, const Conv2dEpilogue& epilogue, const Conv2dOptions& options) {
  const auto& [scale, bias, residual] = epilogue;
  require_same_queue("conv2d", {x, weight, scale, bias, residual});
  require_master_dtype("conv2d", "weight", weight);
  const Shape shape = kernels::conv2d_shape(x.shape(), weight.shape(), options);
  if (scale) require_shape("conv2d", "scale", scale, {shape.c()});
  if (bias) require_shape("conv2d", "bias", bias, {shape.c()});
  if (residual) require_shape("conv2d", "residual", residual, shape);
  Tensor y = empty(shape, x);
  kernels::conv2d_forward(x.queue(), options, x, weight, kernels::Conv2dEpilogue{scale, bias, residual},
                          y.mutable_view());
  return y;
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options) {
  if (!options.activation.is_none())
    throw kernels::UsageError("conv2d: an activation is fused in conv2d_inference only");
  const Tensor y = forward(x, weight, {.bias = bias}, options);
  return record("conv2d", y, {x, weight, bias},
                [=, saved_x = Saved("conv2d", x), saved_weight = Saved("conv2d", weight), x_shape = x.shape()](
                    const Tensor& dy, Needs needs) mutable -> Gradients {
                  Gradients gradients(3);
                  Queue& queue = dy.queue();
                  if (needs[1]) {
                    gradients[1] = empty(saved_weight.get().shape(), saved_weight);
                    kernels::conv2d_grad_weight(queue, options, dy, saved_x.get(), gradients[1].mutable_view());
                  }
                  saved_x.release();  // Often the largest tensor alive, and dx is as large.
                  if (needs[0]) {
                    gradients[0] = empty(x_shape, dy);
                    kernels::conv2d_grad_input(queue, options, dy, saved_weight.get(), gradients[0].mutable_view());
                  }
                  if (needs[2]) {
                    gradients[2] = empty({dy.shape().c()}, saved_weight);
                    kernels::conv2d_grad_bias(queue, dy, gradients[2].mutable_view());
                  }
                  return gradients;
                });
}

Tensor conv2d_inference(const Tensor& x, const Tensor& weight, const Conv2dEpilogue& epilogue,
                        const Conv2dOptions& options) {
  if (needs_gradient({x, weight, epilogue.scale, epilogue.bias, epilogue.residual}))
    throw kernels::Error("conv2d_inference: called where a gradient would be recorded");
  return forward(x, weight, epilogue, options);
}

}  // namespace engine
