// SPDX-License-Identifier: Apache-2.0
// A caching allocator for the memory of one device: best fit in one range of addresses that grows at its end,
// neighbours merged when freed, pages kept. In a steady training step nothing is asked of the system or driver, which
// on the host is worth up to threefold for bandwidth-bound ops. One range, because blocks of an image's size leave a
// third of separate segments unused. What is released may be handed out again at once: all work on a device's memory is
// queued in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>

#include "kernels/device_runtime.h"

namespace kernels {

class Memory {
 public:
  static constexpr std::size_t alignment = 128;                // A GPU's cache line, two of the CPU's.
  static constexpr std::size_t growth = std::size_t{1} << 25;  // 32 MiB, a multiple of the huge page size.

  struct Statistics {
    std::size_t in_use = 0;       // Bytes handed out now.
    std::size_t peak_in_use = 0;  // High-water mark of in_use since the last reset_peak.
    std::size_t reserved = 0;     // Bytes had from the system.
    std::uint64_t growths = 0;    // How often the system was asked for more.
  };

  Memory() : own_runtime_(open_host_runtime()), runtime_(*own_runtime_) {}  // Of the host.
  explicit Memory(DeviceRuntime& runtime) : runtime_(runtime) {}            // The runtime must outlive it.
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  // Aligned to `alignment`, uninitialised. Throws DeviceError with the request, the high-water mark and what the device
  // has left when the system has no more.
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
  // Frees a piece and merges it with free neighbours.
  void free_and_merge(Pieces::iterator at);

  std::unique_ptr<DeviceRuntime> own_runtime_;
  DeviceRuntime& runtime_;
  mutable std::mutex mutex_;
  DeviceRuntime::AddressRange range_;  // [0, statistics_.reserved) is usable; no allocation can ever go beyond its end.
  Pieces pieces_;                      // By address, so that neighbours are found.
  std::set<std::pair<std::size_t, std::byte*>> free_;  // By size, then address: best fit, lowest address.
  Statistics statistics_;
};

}  // namespace kernels
