// SPDX-License-Identifier: Apache-2.0
// Convolution, batch normalisation, optional addition and activation: what networks are written with. Training runs the
// convolution and then one fused pass for the rest; inference hands the normalisation to the convolution as a factor
// and a summand per channel, so that one pass does everything and the kernel is kept once.
#pragma once

#include <memory>

#include "engine/nn/batch_norm.h"
#include "engine/nn/conv2d.h"

namespace engine::nn {

struct ConvBnConfig {
  Conv2dConfig conv;
  Activation activation = Activation::none();
  double initial_scale = 1;  // Of the normalisation.
};

class ConvBn {
 public:
  // The two layers have names of their own, for example "conv1" and "bn1", or "conv" and "bn" below one name.
  ConvBn(const Scope& conv_at, const Scope& bn_at, const ConvBnConfig& config);

  // act(bn(conv(x)) + residual); the residual may be absent.
  Tensor operator()(const Tensor& x, Mode mode, const Tensor& residual = {}) const;

 private:
  struct Folded;  // The normalisation as a factor and a summand per channel, and what they were made of.
  const Folded& folded() const;

  Conv2d conv_;
  BatchNorm2d bn_;
  Activation activation_;
  std::shared_ptr<Folded> folded_;
};

// The same with a transposed convolution, which no backend fuses.
struct ConvTransposeBn {
  ConvTranspose2d conv;
  BatchNorm2d bn;
  Activation activation;

  ConvTransposeBn(const Scope& conv_at, const Scope& bn_at, const ConvBnConfig& config)
      : conv(conv_at, config.conv), bn(bn_at, config.conv.out), activation(config.activation) {}
  Tensor operator()(const Tensor& x, Mode mode, const Tensor& residual = {}) const {
    return bn(conv(x), mode, activation, residual);
  }
};

}  // namespace engine::nn
