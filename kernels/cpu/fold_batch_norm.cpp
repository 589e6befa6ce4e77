// SPDX-License-Identifier: Apache-2.0
#include "kernels/fold_batch_norm.h"

#include <cmath>

namespace kernels::cpu {

void fold_batch_norm(Queue&, double epsilon, ConstView convolution_bias, const BatchNormParameters& parameters,
                     ConstView running_mean, ConstView running_variance, View scale, View shift) {
  const auto *before = convolution_bias.as<float>(), *mean = running_mean.as<float>();
  const auto* variance = running_variance.as<float>();
  const auto *weight = parameters.weight.as<float>(), *bias = parameters.bias.as<float>();
  for (std::int64_t o = 0; o < scale.elements(); ++o) {
    // In double on every device: the deviation may be tiny, and this runs once per set of weights.
    const double factor = static_cast<double>(weight[o]) / std::sqrt(static_cast<double>(variance[o]) + epsilon);
    const double centred = (before ? static_cast<double>(before[o]) : 0.0) - static_cast<double>(mean[o]);
    scale.as<float>()[o] = static_cast<float>(factor);
    shift.as<float>()[o] = static_cast<float>(centred * factor + static_cast<double>(bias[o]));
  }
}

}  // namespace kernels::cpu
