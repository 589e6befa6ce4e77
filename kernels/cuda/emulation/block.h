// SPDX-License-Identifier: Apache-2.0
// The one block in flight: its threads as fibers, who of them is ready, waits at a barrier or at a warp operation, and
// its shared memory. A mistake of synchronisation is diagnosed with the file and line of the waiting threads.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/cuda/emulation/fiber.h"
#include "kernels/cuda/emulation/options.h"

// The types that CUDA declares in the global namespace.
struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_extent = 1, unsigned y_extent = 1, unsigned z_extent = 1)  // NOLINT: dim3(n) is n wide.
      : x(x_extent), y(y_extent), z(z_extent) {}
};

namespace kernels::cuda::emulation {

inline constexpr unsigned warp_lanes = 32, largest_block = 1024;

// Where in the source a thread waits. (std::source_location wants a newer clang.)
struct Site {
  const char* file = "";
  unsigned line = 0;
  static constexpr Site here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line};
  }
  friend bool operator==(const Site& a, const Site& b) { return a.line == b.line && a.file == b.file; }
};
std::string to_string(const Site& site);  // "kernels/cuda/reduce.cuh:41"

// A cp.async that was issued and has not landed.
struct PendingCopy {
  void* to;
  const void* from;  // nullptr: zeros.
  unsigned bytes;
};

enum class ThreadState : std::uint8_t { ready, at_block_barrier, at_warp_operation, exited };

struct Thread {
  Fiber fiber;
  uint3 index{};
  unsigned number = 0;  // x fastest.
  ThreadState state = ThreadState::ready;
  Site site;               // Where it waits.
  std::uint32_t mask = 0;  // Whom it waits for at a warp operation.
  void* operand = nullptr;
  std::vector<PendingCopy> open_group;
  std::vector<std::vector<PendingCopy>> groups;  // Committed, oldest first.
};

class Block {
 public:
  struct Grid {
    const char* kernel;
    dim3 blocks, threads;
    std::size_t dynamic_shared_bytes;
  };

  // Runs `body` once for every thread of the grid, block after block. Throws DeviceError that names the kernel where
  // the grid is not admissible or the threads are not synchronised.
  void run(const Grid& grid, const Options& options, const std::function<void()>& body);

  // What the running thread of the block asks for.
  Thread& thread() { return *current_; }
  const uint3& block_index() const { return block_index_; }
  const Grid& grid() const { return grid_; }
  const Options& options() const { return options_; }
  void barrier(Site site);
  // Lanes of `mask` meet: each hands in an operand; the last to arrive calls operation with the operands of all
  // (nullptr for lanes outside of the mask), then all go on.
  using WarpOperation = void (*)(void* const operands[warp_lanes]);
  void meet(std::uint32_t mask, void* operand, Site site, WarpOperation operation);
  void warp_barrier(std::uint32_t mask, Site site);
  // Shared memory under a key, made by the first thread that asks; filled with ones, a NaN in every floating type, and
  // so are the guards before and behind it, which must still be so when the block ends.
  void* shared(const void* key, std::size_t bytes, const char* name);
  void* dynamic_shared(const char* name) { return shared(this, grid_.dynamic_shared_bytes, name); }
  // Ends the launch with an error that names block and thread.
  [[noreturn]] void fail(const std::string& message);

 private:
  struct SharedArray {
    const void* key;
    std::size_t bytes;
    const char* name;
    std::unique_ptr<unsigned char, void (*)(void*)> memory;  // Guard, array, guard.
  };

  static void thread_entry();
  void check_grid() const;
  void start_block(std::uint64_t number);
  void rank_threads();
  void run_threads();
  void wake(unsigned number);
  int next_ready();
  void suspend();
  void check_guards();
  std::string who_waits_where() const;

  Grid grid_{};
  Options options_;
  const std::function<void()>* body_ = nullptr;
  std::vector<std::unique_ptr<Thread>> threads_;
  unsigned count_ = 0, alive_ = 0, at_barrier_ = 0, generation_ = 0;
  uint3 block_index_{};
  std::array<std::uint64_t, largest_block / 64> ready_{};  // A bit per rank.
  std::array<std::uint16_t, largest_block> rank_of_{}, number_of_{};
  std::vector<SharedArray> shared_;
  std::size_t shared_bytes_ = 0;
  Thread* current_ = nullptr;
  Carrier carrier_;
  std::mt19937_64 random_;
  std::string error_;
  // Addresses that stand for moments: start, end, the two alternating barriers, one per warp.
  char started_ = 0, finished_ = 0, barriers_[2] = {}, warps_[largest_block / warp_lanes] = {};
};

// The block that this thread of the operating system runs.
ISOTHERM_UNSANITIZED Block& running_block();

// Fails where the running thread's access is not aligned as the hardware demands.
void check_aligned(const void* address, std::size_t bytes, Site site);

}  // namespace kernels::cuda::emulation
