// SPDX-License-Identifier: Apache-2.0
#include "kernels/parallel.h"

#include <atomic>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

TEST_CASE("parallel_for covers every item once, in any number of threads", "[sanitize]") {
  for (const int threads : {1, 2, 3, 7})
    for (const std::int64_t count : {0, 1, 2, 5, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
      kernels::parallel_for(*queue_of(DeviceKind::cpu, threads), count, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
      });
      for (const auto& times : seen) REQUIRE(times == 1);
    }
}

TEST_CASE("an exception of a parallel body reaches the caller", "[sanitize]") {
  CHECK_THROWS_AS(kernels::parallel_for(*queue_of(DeviceKind::cpu, 2), 100, 1,
                                        [](std::int64_t begin, std::int64_t) {
                                          if (begin > 0) throw kernels::DataError("at {}", begin);
                                        }),
                  kernels::DataError);
}

TEST_CASE("fixed chunks have the same borders for every thread count", "[sanitize]") {
  std::vector<std::vector<std::int64_t>> borders;
  for (const int threads : {1, 2, 5}) {
    std::vector<std::int64_t> begins(14, -1);
    kernels::fixed_chunks(
        *queue_of(DeviceKind::cpu, threads), 1000, 77,
        [&](std::int64_t chunk, std::int64_t begin, std::int64_t) { begins[static_cast<std::size_t>(chunk)] = begin; });
    borders.push_back(begins);
  }
  CHECK(borders[0] == borders[1]);
  CHECK(borders[0] == borders[2]);
  CHECK(borders[0][12] == 12 * 77);
}
