// SPDX-License-Identifier: Apache-2.0
#include "kernels/memory.h"

#include <cstring>
#include <vector>

#include "kernels/error.h"
#include "kernels/random.h"
#include "tests/support/catch.h"

using kernels::Memory;

TEST_CASE("memory hands out aligned blocks that do not overlap, whatever the order of release", "[sanitize]") {
  Memory memory;
  kernels::RandomStream random(3, "memory test");
  struct Block {
    unsigned char* data;
    std::size_t bytes;
    unsigned char mark;
  };
  std::vector<Block> blocks;
  for (int step = 0; step < 3000; ++step) {
    if (blocks.size() > 60 || (!blocks.empty() && random.chance(0.45))) {
      const auto at = random.below(static_cast<std::uint32_t>(blocks.size()));
      const Block block = blocks[at];
      for (std::size_t i = 0; i < block.bytes; i += 97) REQUIRE(block.data[i] == block.mark);
      REQUIRE(block.data[block.bytes - 1] == block.mark);
      memory.release(block.data);
      blocks.erase(blocks.begin() + at);
    } else {
      const std::size_t bytes = 1 + random.below(random.chance(0.1) ? 3000000 : 5000);
      auto* data = static_cast<unsigned char*>(memory.allocate(bytes));
      REQUIRE(reinterpret_cast<std::uintptr_t>(data) % Memory::alignment == 0);
      const auto mark = static_cast<unsigned char>(step);
      std::memset(data, mark, bytes);
      blocks.push_back({data, bytes, mark});
    }
  }
  for (const Block& block : blocks) memory.release(block.data);
  CHECK(memory.statistics().in_use == 0);
  // Everything has merged again: all that was ever had from the system is one free piece.
  const auto before = memory.statistics();
  memory.release(memory.allocate(before.reserved));
  CHECK(memory.statistics().growths == before.growths);
}

TEST_CASE("a steady sequence of allocations asks the system for nothing", "[sanitize]") {
  Memory memory;
  const auto step = [&] {
    std::vector<void*> blocks;
    for (const std::size_t bytes : {10000000, 300, 7000000, 64, 50000000, 1}) blocks.push_back(memory.allocate(bytes));
    for (void* block : blocks) memory.release(block);
  };
  step();
  const auto growths = memory.statistics().growths;
  for (int i = 0; i < 10; ++i) step();
  CHECK(memory.statistics().growths == growths);
  CHECK(memory.statistics().peak_in_use >= 67000000);
}

TEST_CASE("memory grows at its end by no more than is missing there", "[sanitize]") {
  Memory memory;
  void* small = memory.allocate(Memory::growth / 4);
  // Three quarters of the first growth are free at the end: one more growth is enough for one and a half.
  void* large = memory.allocate(Memory::growth + Memory::growth / 2);
  CHECK(memory.statistics().reserved == 2 * Memory::growth);
  memory.release(large);
  memory.release(small);
}

TEST_CASE("a request that the system cannot serve says what is in use and what is left", "[sanitize]") {
  Memory memory;
  void* block = memory.allocate(1000);
  try {
    memory.allocate(std::size_t{1} << 60);
    FAIL("there is no such memory");
  } catch (const kernels::DeviceError& error) {
    CHECK_THAT(error.what(),
               Catch::Matchers::Matches("out of host memory: 1152921504606846976 bytes asked for, 1024 in "
                                        "use \\(peak 1024\\), 33554432 reserved; of the device's "
                                        "[0-9]{9,}, [0-9]+ are free"));
    CHECK(error.exit_code() == kernels::ExitCode::device);
  }
  memory.release(block);
}
