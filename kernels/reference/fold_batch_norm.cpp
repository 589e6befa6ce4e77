// SPDX-License-Identifier: Apache-2.0
#include "kernels/fold_batch_norm.h"

#include <cmath>

namespace kernels::reference {

void fold_batch_norm(Queue&, double epsilon, ConstView convolution_bias, const BatchNormParameters& parameters,
                     ConstView running_mean, ConstView running_variance, View scale, View shift) {
  const auto *before = convolution_bias.as<double>(), *mean = running_mean.as<double>();
  const auto* variance = running_variance.as<double>();
  const auto *weight = parameters.weight.as<double>(), *bias = parameters.bias.as<double>();
  for (std::int64_t o = 0; o < scale.elements(); ++o) {
    const double factor = weight[o] / std::sqrt(variance[o] + epsilon);
    const double centred = (before ? before[o] : 0.0) - mean[o];
    scale.as<double>()[o] = factor;
    shift.as<double>()[o] = centred * factor + bias[o];
  }
}

}  // namespace kernels::reference
