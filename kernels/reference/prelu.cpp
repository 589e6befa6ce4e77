// SPDX-License-Identifier: Apache-2.0
#include "kernels/prelu.h"

#include <algorithm>

namespace kernels::reference {

void prelu_forward(Queue&, ConstView x, ConstView weight, View y) {
  const auto *from = x.as<double>(), *w = weight.as<double>();
  auto* to = y.as<double>();
  const std::int64_t channels = x.shape.c(), period = weight.elements();
  for (std::int64_t i = 0; i < x.elements(); ++i) to[i] = from[i] > 0 ? from[i] : w[i % channels % period] * from[i];
}

void prelu_grad(Queue&, ConstView dy, ConstView x, ConstView weight, View dx, View dweight) {
  const auto *d = dy.as<double>(), *from = x.as<double>(), *w = weight.as<double>();
  auto *to = dx.as<double>(), *sums = dweight.as<double>();
  const std::int64_t channels = x.shape.c(), period = weight.elements();
  if (sums) std::fill(sums, sums + period, 0.0);
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const std::int64_t at = i % channels % period;
    if (to) to[i] = d[i] * (from[i] > 0 ? 1.0 : w[at]);
    if (sums && from[i] <= 0) sums[at] += d[i] * from[i];
  }
}

}  // namespace kernels::reference
