// SPDX-License-Identifier: Apache-2.0
// Batch normalisation layer. State: weight, bias, running_mean, running_var [c] and the counter num_batches_tracked.
#pragma once

#include <memory>

#include "engine/nn/mode.h"
#include "engine/nn/parameter_store.h"
#include "engine/ops/batch_norm.h"

namespace engine::nn {

struct BatchNorm2d {
  BatchNormTensors tensors;
  std::shared_ptr<std::int64_t> batches_tracked;

  // `initial_scale`: where the weights start; 0 where a residual branch shall begin as the identity.
  BatchNorm2d(const Scope& at, int channels, double initial_scale = 1);

  // act(bn(x) + residual); the residual may be absent. `omitted_bias`: see engine/ops/batch_norm.h; training mode only.
  Tensor operator()(const Tensor& x, Mode mode, Activation activation = Activation::none(), const Tensor& residual = {},
                    const Tensor& omitted_bias = {}) const;
};

}  // namespace engine::nn
