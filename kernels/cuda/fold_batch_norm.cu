// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/launch.cuh"
#include "kernels/fold_batch_norm.h"

namespace kernels::cuda {

namespace {

constexpr int threads = 128;

struct FoldArguments {
  double epsilon;
  const float *before, *weight, *bias, *mean, *variance;
  float *scale, *shift;
  std::int64_t channels;
};

// In double on every device: the deviation may be tiny, and this runs once per set of weights.
__global__ void __launch_bounds__(threads) fold_channels(FoldArguments p) {
  const std::int64_t o = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (o >= p.channels) return;
  const double factor = static_cast<double>(p.weight[o]) / sqrt(static_cast<double>(p.variance[o]) + p.epsilon);
  const double before = p.before != nullptr ? static_cast<double>(p.before[o]) : 0.0;
  p.scale[o] = static_cast<float>(factor);
  p.shift[o] = static_cast<float>((before - static_cast<double>(p.mean[o])) * factor + static_cast<double>(p.bias[o]));
}

}  // namespace

void fold_batch_norm(Queue& queue, double epsilon, ConstView convolution_bias, const BatchNormParameters& parameters,
                     ConstView running_mean, ConstView running_variance, View scale, View shift) {
  const FoldArguments arguments{.epsilon = epsilon,
                                .before = convolution_bias.as<float>(),
                                .weight = parameters.weight.as<float>(),
                                .bias = parameters.bias.as<float>(),
                                .mean = running_mean.as<float>(),
                                .variance = running_variance.as<float>(),
                                .scale = scale.as<float>(),
                                .shift = shift.as<float>(),
                                .channels = scale.elements()};
  launch(queue, {"fold_batch_norm", blocks_for(arguments.channels, threads), threads}, fold_channels, arguments);
}

}  // namespace kernels::cuda
