// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_clip.h"

#include <cmath>

namespace kernels::reference {

void global_norm(Queue&, std::span<const ConstView> tensors, View norm) {
  double squares = 0;
  for (const ConstView& tensor : tensors)
    for (std::int64_t i = 0; i < tensor.elements(); ++i) squares += tensor.as<double>()[i] * tensor.as<double>()[i];
  norm.as<double>()[0] = std::sqrt(squares);
}

void clip_to_norm(Queue&, double limit, ConstView norm, std::span<const View> tensors) {
  const double factor = limit / (norm.as<double>()[0] + 1e-6);
  for (const View& tensor : tensors)
    for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<double>()[i] *= factor > 1 ? 1 : factor;
}

void clip_to_value(Queue&, double limit, std::span<const View> tensors) {
  for (const View& tensor : tensors)
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
      double& value = tensor.as<double>()[i];
      if (value > limit) value = limit;
      if (value < -limit) value = -limit;
    }
}

}  // namespace kernels::reference
