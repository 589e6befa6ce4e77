// SPDX-License-Identifier: Apache-2.0
// Fully connected layer. State: weight (out, in), bias (out).
#pragma once

#include "engine/nn/parameter_store.h"

namespace engine::nn {

struct Linear {
  Tensor weight, bias;

  Linear(const Scope& at, int in, int out);
  // [n, in] to [n, out].
  Tensor operator()(const Tensor& x) const;
  // The same without the bias, where what follows cancels it (batch_norm_train).
  Tensor without_bias(const Tensor& x) const;
};

}  // namespace engine::nn
