// SPDX-License-Identifier: Apache-2.0
#include "kernels/moving_average.h"

namespace kernels::reference {

void moving_average(Queue&, ConstView decay, std::span<const MovingAverageUpdate> updates) {
  for (const auto& [average, value] : updates)
    for (std::int64_t i = 0; i < average.elements(); ++i)
      average.as<double>()[i] += (1 - decay.as<double>()[0]) * (value.as<double>()[i] - average.as<double>()[i]);
}

}  // namespace kernels::reference
