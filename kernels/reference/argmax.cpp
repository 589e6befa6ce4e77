// SPDX-License-Identifier: Apache-2.0
#include "kernels/argmax.h"

#include <cmath>

namespace kernels::reference {

void argmax(Queue&, int axis, ConstView x, View y) {
  const AxisView lines = along(x.shape, axis);
  const auto* from = x.as<double>();
  auto* to = y.as<std::int64_t>();
  for (std::int64_t outer = 0; outer < lines.outer; ++outer)
    for (std::int64_t inner = 0; inner < lines.inner; ++inner) {
      const double* line = from + outer * lines.extent * lines.inner + inner;
      std::int64_t best = 0;
      for (std::int64_t k = 1; k < lines.extent && !std::isnan(line[best * lines.inner]); ++k) {
        const double value = line[k * lines.inner];
        if (value > line[best * lines.inner] || std::isnan(value)) best = k;
      }
      to[outer * lines.inner + inner] = best;
    }
}

}  // namespace kernels::reference
