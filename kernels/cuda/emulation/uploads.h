// SPDX-License-Identifier: Apache-2.0
// Uploads beside the kernels, under emulation. What arrives late is written at the wait for its event and not before:
// until then the destination holds NaN, and what the host does to the source is uploaded too. So a missing wait, or one
// for the wrong event, shows in the values.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "kernels/cuda/emulation/host_guard.h"
#include "kernels/cuda/emulation/options.h"
#include "kernels/device_runtime.h"

namespace kernels::cuda::emulation {

class Uploads {
 public:
  explicit Uploads(HostGuard& guard) : guard_(guard) {}  // Of the device's memory; must outlive this.

  void* allocate_staging(std::size_t bytes);
  void release_staging(void* memory) noexcept;

  // Throws DeviceError where a source is no staging memory: on a GPU the host would have to wait.
  std::shared_ptr<Event> start(std::span<const Transfer> transfers, Event& after, AsyncCopy moment);

 private:
  class Arrival;
  using Batch = std::vector<Transfer>;

  void require_staging(const Transfer& transfer);
  void land_through(std::uint64_t number);

  HostGuard& guard_;
  std::deque<Batch> on_their_way_;  // In the order in which they were started; so they land.
  std::uint64_t landed_ = 0;        // Batches that are no longer in the queue.
  std::mutex mutex_;                // Guards the blocks: the threads of a loader allocate.
  std::map<const std::byte*, std::unique_ptr<std::byte[]>> blocks_;
  std::map<const std::byte*, std::size_t> sizes_;
};

}  // namespace kernels::cuda::emulation
