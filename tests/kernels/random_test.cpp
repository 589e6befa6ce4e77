// SPDX-License-Identifier: Apache-2.0
#include "kernels/random.h"

#include <set>

#include "tests/support/catch.h"

using kernels::philox;

TEST_CASE("philox equals the published known answers", "[sanitize]") {
  // Random123 known-answer vectors for philox4x32-10.
  CHECK(philox(0, 0, 0) == std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox(~0ull, ~0ull, ~0ull) == std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox(0x299f31d0a4093822ull, 0x0370734413198a2eull, 0x85a308d3243f6a88ull) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("streams of different purposes, seeds and indices differ", "[sanitize]") {
  std::set<std::uint32_t> first;
  for (const std::uint64_t seed : {0, 1, 2})
    for (const char* purpose : {"weights", "order", "dropout"})
      for (const std::uint64_t index : {0, 1}) first.insert(kernels::RandomStream(seed, purpose, index).next());
  CHECK(first.size() == 18);
}

TEST_CASE("uniform numbers fill their interval evenly", "[sanitize]") {
  kernels::RandomStream stream(7, "test");
  int bins[10] = {};
  for (int i = 0; i < 100000; ++i) {
    const double u = stream.uniform();
    REQUIRE((u >= 0 && u < 1));
    ++bins[static_cast<int>(u * 10)];
  }
  for (const int count : bins) CHECK(std::abs(count - 10000) < 500);
}
