// SPDX-License-Identifier: Apache-2.0
// What a device offers beside its kernels: memory, and copies between it and the host in the order of its queue.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "kernels/device.h"
#include "kernels/event.h"

namespace kernels {

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

  // In the order of the queue's kernels. upload returns when `from` may be changed, download when `to` is complete.
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;
  virtual void fill(void* to, unsigned char byte, std::size_t bytes) = 0;
  // Waits for everything that was queued. Throws DeviceError where a kernel failed.
  virtual void synchronize() = 0;
  // Marks the end of what was queued so far.
  virtual std::shared_ptr<Event> record() = 0;
};

// The runtime of a device. Throws DeviceError where the device cannot be opened.
std::unique_ptr<DeviceRuntime> open_runtime(const Device& device);
// That of the devices reference and cpu.
std::unique_ptr<DeviceRuntime> open_host_runtime();

}  // namespace kernels
