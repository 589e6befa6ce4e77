// SPDX-License-Identifier: Apache-2.0
// Which sample comes when: shuffling, batches, ranks.
#include "datasets/order.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "kernels/error.h"
#include "tests/support/catch.h"

using namespace datasets;

namespace {

std::vector<int> counted(int size) {
  std::vector<int> values(static_cast<std::size_t>(size));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

using Batches = std::vector<std::vector<int>>;

}  // namespace

TEST_CASE("an epoch's order is a permutation that seed and epoch decide", "[sanitize]") {
  for (const int size : {0, 1, 2, 97}) {
    std::vector<int> order = epoch_order(size, Order::shuffled, 4, 1);
    CHECK(order == epoch_order(size, Order::shuffled, 4, 1));
    std::sort(order.begin(), order.end());
    CHECK(order == counted(size));
  }
  CHECK(epoch_order(97, Order::shuffled, 4, 1) != epoch_order(97, Order::shuffled, 4, 2));
  CHECK(epoch_order(97, Order::shuffled, 4, 1) != epoch_order(97, Order::shuffled, 5, 1));
  CHECK(epoch_order(97, Order::sequential, 4, 1) == counted(97));
}

TEST_CASE("the shuffled order is the same on every machine") {
  // Computed independently of this code; a change would let interrupted runs continue with other batches.
  CHECK(epoch_order(10, Order::shuffled, 1, 0) == std::vector<int>{7, 5, 9, 0, 4, 1, 6, 2, 8, 3});
}

TEST_CASE("every sample comes to every place about equally often") {
  std::vector<std::vector<int>> seen(5, std::vector<int>(5));
  for (int epoch = 0; epoch < 5000; ++epoch) {
    const std::vector<int> order = epoch_order(5, Order::shuffled, 11, epoch);
    for (std::size_t place = 0; place < 5; ++place) ++seen[place][static_cast<std::size_t>(order[place])];
  }
  for (const auto& row : seen)
    for (const int times : row) CHECK(std::abs(times - 1000) < 130);  // Over four standard deviations.
}

TEST_CASE("the remainder of an epoch is kept, dropped or padded", "[sanitize]") {
  CHECK(plan_batches(counted(7), {.batch_size = 3}) == Batches{{0, 1, 2}, {3, 4, 5}, {6}});
  CHECK(plan_batches(counted(7), {.batch_size = 3, .remainder = Remainder::drop}) == Batches{{0, 1, 2}, {3, 4, 5}});
  CHECK(plan_batches(counted(7), {.batch_size = 3, .remainder = Remainder::pad}) == Batches{{0, 1, 2}, {3, 4, 5}, {6}});
  CHECK(plan_batches(counted(2), {.batch_size = 3, .remainder = Remainder::drop}).empty());
  CHECK(plan_batches({}, {.batch_size = 3}).empty());
}

TEST_CASE("ranks together see one epoch, each its part of every step", "[sanitize]") {
  const auto of_rank = [](int size, int rank, Remainder remainder) {
    return plan_batches(counted(size), {.batch_size = 2, .remainder = remainder, .rank = rank, .ranks = 3});
  };
  CHECK(of_rank(9, 0, Remainder::keep) == Batches{{0, 1}, {6}});
  CHECK(of_rank(9, 1, Remainder::keep) == Batches{{2, 3}, {7}});
  CHECK(of_rank(9, 2, Remainder::keep) == Batches{{4, 5}, {8}});
  CHECK(of_rank(7, 1, Remainder::keep) == Batches{{2, 3}});          // One sample is left, for rank 0.
  CHECK(of_rank(7, 1, Remainder::pad) == Batches{{2, 3}, {0}});      // Filled up from the beginning.
  CHECK(of_rank(10, 2, Remainder::pad) == Batches{{4, 5}, {0, 1}});  // 6 7, 8 9, 0 1.
  CHECK(of_rank(10, 2, Remainder::keep) == Batches{{4, 5}});
  CHECK(of_rank(10, 2, Remainder::drop) == Batches{{4, 5}});
  for (int size = 1; size < 30; ++size) {
    std::multiset<int> seen;
    std::set<std::size_t> padded_lengths;
    for (int rank = 0; rank < 3; ++rank) {
      for (const auto& batch : of_rank(size, rank, Remainder::keep)) seen.insert(batch.begin(), batch.end());
      padded_lengths.insert(of_rank(size, rank, Remainder::pad).size());
    }
    const std::vector<int> all = counted(size);
    INFO(size << " samples");
    CHECK(seen == std::multiset<int>(all.begin(), all.end()));
    CHECK(padded_lengths.size() == 1);
  }
}

TEST_CASE("senseless batch sizes and ranks are refused") {
  CHECK_THROWS_AS(plan_batches(counted(4), {.batch_size = 0}), kernels::UsageError);
  CHECK_THROWS_WITH(plan_batches(counted(4), {.rank = 2, .ranks = 2}), Catch::Contains("expected 0 to 1, got 2"));
}
