// SPDX-License-Identifier: Apache-2.0
// Batch normalisation by its formulas, one channel at a time.
#include "kernels/batch_norm.h"

#include <cmath>

namespace kernels::reference {

namespace {

void normalise(const BatchNormOptions& options, ConstView x, const BatchNormParameters& parameters, ConstView residual,
               const double* mean, const double* inverse_deviation, View y) {
  const auto *from = x.as<double>(), *added = residual.as<double>();
  const auto *weight = parameters.weight.as<double>(), *bias = parameters.bias.as<double>();
  auto* to = y.as<double>();
  const std::int64_t channels = x.shape.c();
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const std::int64_t c = i % channels;
    const double z = (from[i] - mean[c]) * (inverse_deviation[c] * weight[c]) + bias[c] + (added ? added[i] : 0.0);
    to[i] = activate(z, options.activation.slope);
  }
}

enum class Statistics { of_batch, constant };

void gradients(const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
               const BatchNormParameters& parameters, const BatchNormGradients& out, Statistics statistics) {
  const auto *from = dy.as<double>(), *x = saved.x.as<double>(), *y = saved.y.as<double>();
  const auto *mean = saved.mean.as<double>(), *inverse = saved.inverse_deviation.as<double>();
  const auto *weight = parameters.weight.as<double>(), *shift = saved.shift.as<double>();
  auto *dx = out.dx.as<double>(), *dresidual = out.dresidual.as<double>();
  auto *dweight = out.dweight.as<double>(), *dbias = out.dbias.as<double>();
  const std::int64_t channels = dy.shape.c(), count = dy.elements();
  const auto slope_at = [&](std::int64_t i) {
    if (options.activation.is_none()) return 1.0;
    const std::int64_t c = i % channels;
    const double z = y ? y[i] : (x[i] - mean[c]) * (inverse[c] * weight[c]) + shift[c];
    return activation_slope(z, options.activation.slope);
  };
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0, sum_normalised = 0;  // Of dz and dz * (x - mean) / deviation, z being the activation's argument.
    for (std::int64_t i = c; i < count; i += channels) {
      const double dz = from[i] * slope_at(i);
      sum += dz;
      sum_normalised += dz * (x[i] - mean[c]) * inverse[c];
    }
    const double pixels = static_cast<double>(count / channels);
    for (std::int64_t i = c; i < count; i += channels) {
      const double dz = from[i] * slope_at(i);
      double centred = dz;
      if (statistics == Statistics::of_batch)
        centred -= (sum + (x[i] - mean[c]) * inverse[c] * sum_normalised) / pixels;
      if (dx) dx[i] = centred * inverse[c] * weight[c];
      if (dresidual) dresidual[i] = dz;
    }
    if (dweight) dweight[c] = sum_normalised;
    if (dbias) dbias[c] = sum;
  }
}

}  // namespace

void batch_norm_train_forward(Queue&, const BatchNormOptions& options, ConstView x,
                              const BatchNormParameters& parameters, ConstView residual,
                              const BatchNormStatistics& statistics, View y) {
  const auto *from = x.as<double>(), *omitted = statistics.omitted_bias.as<double>();
  auto *mean = statistics.mean.as<double>(), *inverse = statistics.inverse_deviation.as<double>();
  auto *running_mean = statistics.running_mean.as<double>(), *running = statistics.running_variance.as<double>();
  const std::int64_t channels = x.shape.c(), count = x.elements(), pixels = count / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    for (std::int64_t i = c; i < count; i += channels) sum += from[i];
    mean[c] = sum / static_cast<double>(pixels);
    for (std::int64_t i = c; i < count; i += channels) squares += (from[i] - mean[c]) * (from[i] - mean[c]);
    inverse[c] = 1.0 / std::sqrt(squares / static_cast<double>(pixels) + options.epsilon);
    statistics.shift.as<double>()[c] = parameters.bias.as<double>()[c];
    const double unbiased = squares / static_cast<double>(pixels - 1);
    const double batch_mean = mean[c] + (omitted ? omitted[c] : 0.0);
    running_mean[c] = (1 - options.momentum) * running_mean[c] + options.momentum * batch_mean;
    running[c] = (1 - options.momentum) * running[c] + options.momentum * unbiased;
  }
  normalise(options, x, parameters, residual, mean, inverse, y);
}

void batch_norm_frozen_forward(Queue&, const BatchNormOptions& options, ConstView x,
                               const BatchNormParameters& parameters, ConstView running_mean,
                               ConstView running_variance, ConstView residual, View inverse_deviation, View y) {
  auto* inverse = inverse_deviation.as<double>();
  for (std::int64_t c = 0; c < x.shape.c(); ++c)
    inverse[c] = 1.0 / std::sqrt(running_variance.as<double>()[c] + options.epsilon);
  normalise(options, x, parameters, residual, running_mean.as<double>(), inverse, y);
}

void batch_norm_train_grad(Queue&, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                           const BatchNormParameters& parameters, const BatchNormGradients& out) {
  gradients(options, dy, saved, parameters, out, Statistics::of_batch);
}

void batch_norm_frozen_grad(Queue&, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                            const BatchNormParameters& parameters, const BatchNormGradients& out) {
  gradients(options, dy, saved, parameters, out, Statistics::constant);
}

}  // namespace kernels::reference
