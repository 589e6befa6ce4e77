// SPDX-License-Identifier: Apache-2.0
// Batch normalisation with the addition and activation that follow it.
#pragma once

#include "engine/tensor.h"
#include "kernels/batch_norm.h"

namespace engine {

using kernels::Activation;
using kernels::BatchNormOptions;

// All [c], master type. The running statistics are buffers: updated in place by batch_norm_train, never differentiated.
struct BatchNormTensors {
  Tensor weight, bias, running_mean, running_variance;
};

// act(bn(x) + residual) with the statistics of this batch; updates the running ones. x [n, c, h, w], residual the same
// shape or absent. `omitted_bias` [c] (may be absent): a bias that the layer before left out because it cancels here;
// it shifts running_mean, and its gradient is exactly zero. Differentiable in x, residual, weight, bias, omitted_bias.
// Throws ShapeError; n * h * w must be at least 2.
Tensor batch_norm_train(const Tensor& x, const BatchNormTensors& tensors, const Tensor& residual,
                        const Tensor& omitted_bias, const BatchNormOptions& options);

// The same with the running statistics as constants. Differentiable in x, residual, weight, bias.
Tensor batch_norm_frozen(const Tensor& x, const BatchNormTensors& tensors, const Tensor& residual,
                         const BatchNormOptions& options);

}  // namespace engine
