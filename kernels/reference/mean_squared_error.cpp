// SPDX-License-Identifier: Apache-2.0
// Mean squared error by its formula.
#include "kernels/mean_squared_error.h"

namespace kernels::reference {

void mean_squared_error_forward(Queue&, ConstView x, ConstView target, View loss) {
  const auto *a = x.as<double>(), *b = target.as<double>();
  double sum = 0;
  for (std::int64_t i = 0; i < x.elements(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  loss.as<double>()[0] = sum / static_cast<double>(x.elements());
}

void mean_squared_error_grad(Queue&, ConstView x, ConstView target, ConstView dloss, View dx) {
  const auto *a = x.as<double>(), *b = target.as<double>();
  auto* to = dx.as<double>();
  const double factor = 2 * dloss.as<double>()[0] / static_cast<double>(x.elements());
  for (std::int64_t i = 0; i < x.elements(); ++i) to[i] = factor * (a[i] - b[i]);
}

}  // namespace kernels::reference
