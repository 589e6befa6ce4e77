// SPDX-License-Identifier: Apache-2.0
// Dropout as its definition reads, one unit at a time.
#include "kernels/dropout.h"

namespace kernels::reference {

void dropout(Queue&, const DropoutOptions& options, const RandomKey& random, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  const bool channels = options.unit == DropoutOptions::Unit::channel;
  const std::int64_t image = channels ? x.elements() / x.shape.n() : 1;
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const std::int64_t unit = channels ? i / image * x.shape.c() + i % x.shape.c() : i;
    const auto words = philox(random.key, random.step, static_cast<std::uint64_t>(unit / 4));
    const bool dropped = is_dropped(words[static_cast<std::size_t>(unit % 4)], dropout_threshold(options.probability));
    to[i] = dropped ? 0.0 : from[i] * dropout_scale(options.probability);
  }
}

}  // namespace kernels::reference
