// SPDX-License-Identifier: Apache-2.0
// Which samples each batch of an epoch holds: a function of sizes, seed, epoch and rank alone, so that a run that was
// interrupted continues with the very batches it would have seen, and ranks agree without talking.
#pragma once

#include <cstdint>
#include <vector>

namespace datasets {

enum class Order { sequential, shuffled };

// What happens to the samples at the end of an epoch that do not fill one batch on every rank.
enum class Remainder {
  keep,  // Shared among the ranks in smaller batches; a rank may get none. Every sample comes exactly once.
  drop,  // Left out: every batch is full.
  pad,   // As keep, but filled up from the epoch's beginning, so that all ranks have equally many and equal batches.
};

// 0 ... size - 1, shuffled by Fisher and Yates with the stream (seed, "order", epoch), or as they are.
std::vector<int> epoch_order(int size, Order order, std::uint64_t seed, int epoch);

struct BatchPlan {
  int batch_size = 1;  // Per rank.
  Remainder remainder = Remainder::keep;
  int rank = 0, ranks = 1;
};

// The batches of one rank. Step s of all ranks together takes the s-th run of ranks * batch_size samples, rank r its
// r-th part: N ranks see what one rank sees that accumulates N batches. Throws UsageError for senseless numbers.
std::vector<std::vector<int>> plan_batches(const std::vector<int>& order, const BatchPlan& plan);

}  // namespace datasets
