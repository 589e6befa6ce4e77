// SPDX-License-Identifier: Apache-2.0
// The elements of x are cut into chunks that depend on the size alone; each chunk sums into a row of its own and the
// rows are added in order, so every thread count gives the same bits.
#include "kernels/reduce.h"

#include <algorithm>

#include "kernels/broadcast.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

void reduce_sum(Queue& queue, double scale, ConstView x, View y) {
  const BroadcastLoop loop = broadcast_loop("reduce_sum", x.shape, y.shape, y.shape);
  const std::int64_t count = x.elements(), kept = y.elements();
  // At most 32 partial rows, none shorter than the row it sums into.
  const std::int64_t size = std::max<std::int64_t>({(count + 31) / 32, kept, 4096});
  const std::int64_t chunks = (count + size - 1) / size;
  const Workspace workspace(queue, static_cast<std::size_t>(chunks * kept) * sizeof(double));
  auto* partial = workspace.as<double>();
  visit_dtype<float, bf16>(x.dtype, "reduce_sum", [&]<class T>() {
    const T* from = x.as<T>();
    fixed_chunks(queue, count, size, [&](std::int64_t chunk, std::int64_t begin, std::int64_t end) {
      double* row = partial + chunk * kept;
      std::fill(row, row + kept, 0.0);
      for_each_broadcast(loop, begin, end,
                         [&](auto i, auto at, auto) { row[at] += static_cast<double>(static_cast<float>(from[i])); });
    });
  });
  visit_dtype<float, bf16>(y.dtype, "reduce_sum", [&]<class T>() {
    T* to = y.as<T>();
    for (std::int64_t i = 0; i < kept; ++i) {
      double sum = 0;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) sum += partial[chunk * kept + i];
      to[i] = T(static_cast<float>(sum * scale));
    }
  });
}

}  // namespace kernels::cpu
