// SPDX-License-Identifier: Apache-2.0
// A caching allocator for host memory: best fit in one range of addresses that grows at its end, neighbours merged when
// freed, pages kept. In a steady training step no page is mapped or returned, which is worth up to threefold for
// bandwidth-bound ops. One range, because blocks of an image's size leave a third of separate segments unused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>

namespace kernels {

class Memory {
 public:
  static constexpr std::size_t alignment = 64;                 // A cache line and the widest vector register.
  static constexpr std::size_t growth = std::size_t{1} << 25;  // 32 MiB, a multiple of the huge page size.

  struct Statistics {
    std::size_t in_use = 0;       // Bytes handed out now.
    std::size_t peak_in_use = 0;  // High-water mark of in_use since the last reset_peak.
    std::size_t reserved = 0;     // Bytes had from the system.
    std::uint64_t growths = 0;    // How often the system was asked for more.
  };

  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  // Aligned to `alignment`, uninitialised. Throws DeviceError with the request and the high-water mark when the system
  // has no more.
  void* allocate(std::size_t bytes);
  void release(void* pointer) noexcept;
  Statistics statistics() const;
  void reset_peak();

 private:
  struct Piece {  // A part of the range, free or in use.
    std::size_t bytes;
    bool free;
  };
  using Pieces = std::map<std::byte*, Piece>;

  // The smallest free piece of at least `bytes`, had from the system where there is none.
  Pieces::iterator free_piece(std::size_t bytes);
  void reserve_addresses();
  // Frees a piece and merges it with free neighbours.
  void free_and_merge(Pieces::iterator at);

  mutable std::mutex mutex_;
  std::byte* base_ = nullptr;                          // The range of addresses; [0, statistics_.reserved) is usable.
  std::size_t limit_ = 0;                              // Its length: no allocation can ever go beyond it.
  Pieces pieces_;                                      // By address, so that neighbours are found.
  std::set<std::pair<std::size_t, std::byte*>> free_;  // By size, then address: best fit, lowest address.
  Statistics statistics_;
};

}  // namespace kernels
