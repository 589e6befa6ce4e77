// SPDX-License-Identifier: Apache-2.0
// How the emulator runs the threads of a block. A kernel is right only if its results do not depend on any of this, so
// tests run it in every way. Two environment variables set the start values of a process:
//   ISOTHERM_THREAD_ORDER  forward (default), reverse, shuffled or run_ahead
//   ISOTHERM_ASYNC_COPY    late (default) or eager
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels::cuda::emulation {

// The scheduler always resumes the ready thread of the highest rank, so a thread runs ahead of the others as far as
// barriers and warp operations let it. (Fair turns hide races: two of nine planted ones were missed that way.)
enum class Order {
  forward,   // Rank by index: thread 0 and block 0 first.
  reverse,   // The last thread and block first.
  shuffled,  // Warps, the lanes of each warp, and blocks ranked at random, anew for every block.
  run_ahead  // As shuffled, and ranked anew at every barrier of the block: another warp runs ahead in each phase.
};

// When the data of a cp.async, and of an upload beside the kernels, arrive. late: at the wait, so a missing wait shows.
// eager: at once, so an overwrite of data that are still being read shows.
enum class AsyncCopy { late, eager };

struct Options {
  Order order = Order::forward;
  AsyncCopy async_copy = AsyncCopy::late;
  std::uint64_t seed = 1;                       // Of the random ranks.
  std::size_t shared_memory_limit = 227 << 10;  // Bytes per block on compute capability 9.0.
};

// The options of this process, for the next launch. Throws UsageError where an environment variable holds another word.
Options& options();

// Sets the options, and puts the former ones back at the end of its life.
class ScopedOptions {
 public:
  explicit ScopedOptions(const Options& wanted) : former_(options()) { options() = wanted; }
  ScopedOptions(const ScopedOptions&) = delete;
  ScopedOptions& operator=(const ScopedOptions&) = delete;
  ~ScopedOptions() { options() = former_; }

 private:
  Options former_;
};

}  // namespace kernels::cuda::emulation
