// SPDX-License-Identifier: Apache-2.0
// Shuffling, and the split of an epoch into batches and ranks.
#include "datasets/order.h"

#include <algorithm>
#include <numeric>

#include "kernels/error.h"
#include "kernels/random.h"

namespace datasets {

std::vector<int> epoch_order(int size, Order order, std::uint64_t seed, int epoch) {
  std::vector<int> indices(static_cast<std::size_t>(size));
  std::iota(indices.begin(), indices.end(), 0);
  if (order == Order::sequential) return indices;
  kernels::RandomStream random(seed, "order", static_cast<std::uint64_t>(epoch));
  for (std::size_t last = indices.size(); last-- > 1;)
    std::swap(indices[last], indices[random.below(static_cast<std::uint32_t>(last + 1))]);
  return indices;
}

std::vector<std::vector<int>> plan_batches(const std::vector<int>& order, const BatchPlan& plan) {
  if (plan.batch_size < 1) throw kernels::UsageError("batch size: expected at least 1, got {}", plan.batch_size);
  if (plan.ranks < 1 || plan.rank < 0 || plan.rank >= plan.ranks)
    throw kernels::UsageError("rank: expected 0 to {}, got {}", plan.ranks - 1, plan.rank);
  const auto size = static_cast<std::int64_t>(order.size());
  const std::int64_t step = std::int64_t{plan.batch_size} * plan.ranks;
  std::vector<std::vector<int>> batches;
  // Positions past the end wrap to the beginning; only padding asks for them.
  const auto add = [&](std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
    std::vector<int>& batch = batches.emplace_back();
    for (std::int64_t i = begin; i < end; ++i) batch.push_back(order[static_cast<std::size_t>(i % size)]);
  };
  std::int64_t start = 0;
  for (; start + step <= size; start += step)
    add(start + std::int64_t{plan.rank} * plan.batch_size, start + std::int64_t{plan.rank + 1} * plan.batch_size);
  if (plan.remainder == Remainder::drop || start == size) return batches;
  const std::int64_t share = (size - start + plan.ranks - 1) / plan.ranks;
  const std::int64_t begin = start + plan.rank * share;
  add(begin, plan.remainder == Remainder::pad ? begin + share : std::min(begin + share, size));
  return batches;
}

}  // namespace datasets
