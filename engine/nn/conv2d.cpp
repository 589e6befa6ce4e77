// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/conv2d.h"

#include "engine/ops/conv_transpose2d.h"

namespace engine::nn {

namespace {

Initialisation start_of(const Conv2dConfig& config, const Shape& weight) {
  if (config.weight_start) return *config.weight_start;
  switch (config.start) {
    case Conv2dConfig::Start::xavier_uniform:
      return xavier_uniform(weight);
    case Conv2dConfig::Start::kaiming_normal:
      return kaiming_normal_fan_out(weight);
    case Conv2dConfig::Start::pytorch_default:
      break;
  }
  return default_uniform(weight);
}

}  // namespace

Conv2d::Conv2d(const Scope& at, const Conv2dConfig& c) : config(c) {
  const Shape shape{c.out, c.in / c.groups, c.kernel.h, c.kernel.w};
  weight = at.parameter("weight", shape, start_of(c, shape));
  if (c.bias == Conv2dConfig::Bias::present)
    bias = at.parameter("bias", {c.out}, c.bias_start.value_or(default_uniform(shape)));
}

Conv2dOptions Conv2d::options() const {
  return {.stride = config.stride, .padding = config.padding, .dilation = config.dilation, .groups = config.groups};
}

Tensor Conv2d::operator()(const Tensor& x) const {
  return conv2d(x, weight, bias, options());
}

ConvTranspose2d::ConvTranspose2d(const Scope& at, const Conv2dConfig& c) : config(c) {
  const Shape shape{c.in, c.out, c.kernel.h, c.kernel.w};
  weight = at.parameter("weight", shape, start_of(c, shape));
}

Tensor ConvTranspose2d::operator()(const Tensor& x) const {
  return conv_transpose2d(x, weight, {}, {.stride = config.stride, .padding = config.padding});
}

}  // namespace engine::nn
