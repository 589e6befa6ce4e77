// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduce.h"

#include <algorithm>

#include "kernels/broadcast.h"

namespace kernels::reference {

void reduce_sum(Queue&, double scale, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  std::fill(to, to + y.elements(), 0.0);
  const BroadcastLoop loop = broadcast_loop("reduce_sum", x.shape, y.shape, y.shape);
  for_each_broadcast(loop, 0, x.elements(), [&](auto i, auto at, auto) { to[at] += from[i]; });
  for (std::int64_t i = 0; i < y.elements(); ++i) to[i] *= scale;
}

}  // namespace kernels::reference
