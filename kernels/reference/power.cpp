// SPDX-License-Identifier: Apache-2.0
#include "kernels/power.h"

#include <cmath>

namespace kernels::reference {

void power_forward(Queue&, const PowerOptions& options, ConstView x, ConstView exponent, View y) {
  const auto *from = x.as<double>(), *of_image = exponent.as<double>();
  const std::int64_t images = exponent.elements(), size = x.elements() / images;
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < size; ++i)
      y.as<double>()[n * size + i] = std::pow(from[n * size + i], of_image[n] + options.shift);
}

void power_grad(Queue&, const PowerOptions& options, ConstView dy, ConstView x, ConstView exponent,
                const PowerGradients& gradients) {
  const auto *gradient = dy.as<double>(), *from = x.as<double>(), *of_image = exponent.as<double>();
  const std::int64_t images = exponent.elements(), size = x.elements() / images;
  for (std::int64_t n = 0; n < images; ++n) {
    const double p = of_image[n] + options.shift;
    double sum = 0;
    for (std::int64_t i = n * size; i < (n + 1) * size; ++i) {
      if (from[i] != 0 || p < 0) sum += gradient[i] * std::pow(from[i], p) * std::log(from[i]);
      if (gradients.dx) gradients.dx.as<double>()[i] = gradient[i] * p * std::pow(from[i], p - 1);
    }
    if (gradients.dexponent) gradients.dexponent.as<double>()[n] = sum;
  }
}

}  // namespace kernels::reference
