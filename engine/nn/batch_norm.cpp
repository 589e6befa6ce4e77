// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/batch_norm.h"

namespace engine::nn {

BatchNorm2d::BatchNorm2d(const Scope& at, int channels, double initial_scale)
    : tensors{at.parameter("weight", {channels}, Initialisation::constant(initial_scale)),
              at.parameter("bias", {channels}, Initialisation::constant(0)), at.buffer("running_mean", {channels}, 0),
              at.buffer("running_var", {channels}, 1)},
      batches_tracked(at.counter("num_batches_tracked")) {}

Tensor BatchNorm2d::operator()(const Tensor& x, Mode mode, Activation activation, const Tensor& residual,
                               const Tensor& omitted_bias) const {
  const BatchNormOptions options{.activation = activation};
  if (mode != Mode::train) return batch_norm_frozen(x, tensors, residual, options);
  ++*batches_tracked;
  return batch_norm_train(x, tensors, residual, omitted_bias, options);
}

}  // namespace engine::nn
