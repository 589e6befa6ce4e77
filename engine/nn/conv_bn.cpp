// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/conv_bn.h"

#include <array>

#include "engine/autograd.h"
#include "kernels/fold_batch_norm.h"

namespace engine::nn {

struct ConvBn::Folded {
  Tensor scale, shift;
  std::array<std::uint64_t, 5> made_of{};  // Versions of everything that went in.
};

ConvBn::ConvBn(const Scope& conv_at, const Scope& bn_at, const ConvBnConfig& config)
    : conv_(conv_at, config.conv),
      bn_(bn_at, config.conv.out, config.initial_scale),
      activation_(config.activation),
      folded_(std::make_shared<Folded>()) {}

const ConvBn::Folded& ConvBn::folded() const {
  const BatchNormTensors& t = bn_.tensors;
  const std::array<std::uint64_t, 5> versions{conv_.bias ? conv_.bias.version() : 0, t.weight.version(),
                                              t.bias.version(), t.running_mean.version(), t.running_variance.version()};
  Folded& f = *folded_;
  if (f.scale && f.made_of == versions) return f;
  if (!f.scale) {
    f.scale = empty(t.weight.shape(), t.weight);
    f.shift = empty(t.weight.shape(), t.weight);
  }
  f.made_of = versions;
  kernels::fold_batch_norm(conv_.weight.queue(), BatchNormOptions{}.epsilon, conv_.bias.view(),
                           kernels::BatchNormParameters{t.weight, t.bias}, t.running_mean.view(),
                           t.running_variance.view(), f.scale.mutable_view(), f.shift.mutable_view());
  return f;
}

Tensor ConvBn::operator()(const Tensor& x, Mode mode, const Tensor& residual) const {
  if (mode == Mode::train) {
    // The convolution's bias cancels in the normalisation, so it is left out and only shifts the running mean.
    const Tensor y = conv2d(x, conv_.weight, {}, conv_.options());
    return bn_(y, mode, activation_, residual, conv_.bias);
  }
  if (mode == Mode::frozen_batch_norm || needs_gradient({x, conv_.weight, bn_.tensors.weight, residual}))
    return bn_(conv_(x), mode, activation_, residual);
  const Folded& f = folded();
  Conv2dOptions options = conv_.options();
  options.activation = activation_;
  return conv2d_inference(x, conv_.weight, {f.scale, f.shift, residual}, options);
}

}  // namespace engine::nn
