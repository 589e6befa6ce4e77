// SPDX-License-Identifier: Apache-2.0
// Convolution layers: parameters and options, no state beyond them.
#pragma once

#include <optional>

#include "engine/nn/parameter_store.h"
#include "engine/ops/conv2d.h"

namespace engine::nn {

struct Conv2dConfig {
  int in = 0, out = 0;
  Size2 kernel = 1, stride = 1, padding = 0, dilation = 1;
  int groups = 1;
  enum class Bias { absent, present } bias = Bias::absent;
  enum class Start { pytorch_default, xavier_uniform, kaiming_normal } start = Start::pytorch_default;
  // In place of what `start` says of the weight, and of PyTorch's default of the bias.
  std::optional<Initialisation> weight_start = {}, bias_start = {};
};

// State: weight (out, in / groups, kh, kw), bias (out) where present.
struct Conv2d {
  Conv2dConfig config;
  Tensor weight, bias;

  Conv2d(const Scope& at, const Conv2dConfig& config);
  Conv2dOptions options() const;
  Tensor operator()(const Tensor& x) const;
};

// State: weight (in, out, kh, kw), no bias. The kernel equals the stride in every network here, so windows do not
// overlap.
struct ConvTranspose2d {
  Conv2dConfig config;
  Tensor weight;

  ConvTranspose2d(const Scope& at, const Conv2dConfig& config);
  Tensor operator()(const Tensor& x) const;
};

}  // namespace engine::nn
