// SPDX-License-Identifier: Apache-2.0
#include "kernels/fold_batch_norm.h"

#include <cmath>

namespace kernels::cpu {

void fold_batch_norm(Queue&, double epsilon, ConstView kernel, ConstView convolution_bias,
                     const BatchNormParameters& parameters, ConstView running_mean, ConstView running_variance,
                     View folded_kernel, View folded_bias) {
  const auto *from = kernel.as<float>(), *before = convolution_bias.as<float>();
  const auto *weight = parameters.weight.as<float>(), *bias = parameters.bias.as<float>();
  const auto *mean = running_mean.as<float>(), *variance = running_variance.as<float>();
  auto *to = folded_kernel.as<float>(), *shift = folded_bias.as<float>();
  const std::int64_t outputs = kernel.shape[0], row = kernel.elements() / outputs;
  for (std::int64_t o = 0; o < outputs; ++o) {
    // In double on every device: the deviation may be tiny, and this runs once per set of weights.
    const double scale = static_cast<double>(weight[o]) / std::sqrt(static_cast<double>(variance[o]) + epsilon);
    for (std::int64_t i = 0; i < row; ++i)
      to[o * row + i] = static_cast<float>(static_cast<double>(from[o * row + i]) * scale);
    const double centred = (before ? static_cast<double>(before[o]) : 0.0) - static_cast<double>(mean[o]);
    shift[o] = static_cast<float>(centred * scale + static_cast<double>(bias[o]));
  }
}

}  // namespace kernels::cpu
