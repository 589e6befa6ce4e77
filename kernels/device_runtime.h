// SPDX-License-Identifier: Apache-2.0
// What a device offers beside its kernels: memory, and copies between it and the host in the order of its queue.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "kernels/device.h"
#include "kernels/event.h"

namespace kernels {

// One copy from the host to a device.
struct Transfer {
  void* to = nullptr;
  const void* from = nullptr;
  std::size_t bytes = 0;
};

class DeviceRuntime {
 public:
  DeviceRuntime() = default;
  DeviceRuntime(const DeviceRuntime&) = delete;
  DeviceRuntime& operator=(const DeviceRuntime&) = delete;
  virtual ~DeviceRuntime() = default;

  virtual std::string name() const = 0;  // "host", "cuda:0"
  // Whether the host may read and write this memory.
  virtual bool shares_host_memory() const = 0;

  // Memory for the caching allocator: a range of addresses that costs nothing until it is made usable, from its start,
  // in multiples of `granularity`.
  struct AddressRange {
    std::byte* base = nullptr;
    std::size_t bytes = 0;
  };
  virtual AddressRange reserve_addresses(std::size_t granularity) = 0;  // Throws DeviceError.
  virtual bool make_usable(std::byte* from, std::size_t bytes) = 0;     // False where there is no more memory.
  virtual void release_addresses(const AddressRange& range, std::size_t usable) noexcept = 0;
  // The allocator tells which part it hands out and takes back; memory checkers want to know. Behind each part lie
  // guard_bytes() that belong to nobody; `room` is all that the part takes up.
  virtual std::size_t guard_bytes() const { return 0; }
  virtual void handed_out(void* /*part*/, std::size_t /*bytes*/) {}
  virtual void taken_back(void* /*part*/, std::size_t /*room*/) noexcept {}
  // Bytes of the device's memory: what nobody uses, and all. For messages.
  struct Capacity {
    std::size_t available = 0, total = 0;
  };
  virtual Capacity capacity() const = 0;

  // In the order of the queue's kernels. upload returns when `from` may be changed, download when `to` is complete.
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;
  virtual void fill(void* to, unsigned char byte, std::size_t bytes) = 0;
  // Waits for everything that was queued. Throws DeviceError where a kernel failed.
  virtual void synchronize() = 0;
  // Marks the end of what was queued so far.
  virtual std::shared_ptr<Event> record() = 0;
  // Whether queued work runs while the host goes on, so that events take their time on the device.
  virtual bool runs_beside_host() const { return false; }
  // What is queued from now on begins behind the event. The host goes on at once.
  virtual void wait_for(Event& event) = 0;

  // Host memory that uploads are started from, page-locked where the device is a GPU. Any thread may ask for it and
  // give it back. Throws DeviceError.
  virtual void* allocate_staging(std::size_t bytes) = 0;
  virtual void release_staging(void* memory) noexcept = 0;
  // Copies beside the kernels, which begin behind `after`: the last use of what they overwrite. Kernels may read `to`
  // behind wait_for() of the event that is returned, the host may change `from`, which must be staging memory, after
  // waiting for it. Until then either holds anything.
  virtual std::shared_ptr<Event> start_uploads(std::span<const Transfer> transfers, Event& after) = 0;

  // Names what is queued in between for profilers, where there are any. Ranges may be nested.
  virtual bool marks_ranges() const { return false; }
  virtual void begin_range(const char* /*name*/) {}
  virtual void end_range() noexcept {}
};

// The runtime of a device. Throws DeviceError where the device cannot be opened.
std::unique_ptr<DeviceRuntime> open_runtime(const Device& device);
// That of the devices reference and cpu.
std::unique_ptr<DeviceRuntime> open_host_runtime();

}  // namespace kernels
