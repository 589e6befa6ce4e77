// SPDX-License-Identifier: Apache-2.0
// A caching allocator for host memory: best fit over large segments, neighbours merged when freed, segments kept. In a
// steady training step no page is mapped or returned, which is worth up to threefold for bandwidth-bound ops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace kernels {

class Memory {
 public:
  static constexpr std::size_t alignment = 64;                  // A cache line and the widest vector register.
  static constexpr std::size_t segment = std::size_t{1} << 25;  // 32 MiB, a multiple of the huge page size.

  struct Statistics {
    std::size_t in_use = 0;       // Bytes handed out now.
    std::size_t peak_in_use = 0;  // High-water mark of in_use since the last reset_peak.
    std::size_t reserved = 0;     // Bytes mapped from the system.
    std::uint64_t segments = 0;   // How often the system was asked for memory.
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
  struct Piece {  // A part of a segment, free or in use.
    std::size_t bytes;
    bool free;
    bool first;  // Starts its segment: never merged with what lies before it.
  };
  mutable std::mutex mutex_;
  std::map<std::byte*, Piece> pieces_;                 // By address, so that neighbours are found.
  std::set<std::pair<std::size_t, std::byte*>> free_;  // By size, then address: best fit, lowest address.
  std::vector<std::pair<std::byte*, std::size_t>> segments_;
  Statistics statistics_;
};

}  // namespace kernels
