// SPDX-License-Identifier: Apache-2.0
// The emulated device: its memory is the host's, filled with NaN when it is handed out, and to AddressSanitizer nothing
// but what was asked for may be touched.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "kernels/cuda/emulation/options.h"
#include "kernels/device_runtime.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace kernels::cuda::emulation {

class EmulatedRuntime final : public DeviceRuntime {
 public:
  // Of this device's launches; none: the process's.
  const std::optional<Options>& options() const { return options_; }
  void set_options(const Options& options) { options_ = options; }

  std::string name() const override { return "cuda:0 (emulated)"; }
  bool shares_host_memory() const override { return false; }  // So that every copy takes the way of a real device.
  AddressRange reserve_addresses(std::size_t granularity) override { return host_->reserve_addresses(granularity); }
  bool make_usable(std::byte* from, std::size_t bytes) override {
    const bool usable = host_->make_usable(from, bytes);
    if (usable) taken_back(from, bytes);
    return usable;
  }
  void release_addresses(const AddressRange& range, std::size_t usable) noexcept override {
    allow(range.base, usable);
    host_->release_addresses(range, usable);
  }
  void upload(void* to, const void* from, std::size_t bytes) override { host_->upload(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) override { host_->download(to, from, bytes); }
  void fill(void* to, unsigned char byte, std::size_t bytes) override { std::memset(to, byte, bytes); }
  void synchronize() override {}
  std::shared_ptr<Event> record() override { return host_->record(); }  // A launch returns when the grid has run.

  void handed_out(void* part, std::size_t bytes) override {
    allow(part, bytes);
    std::memset(part, 0xFF, bytes);
  }
#if defined(__SANITIZE_ADDRESS__)
  std::size_t guard_bytes() const override {
    return 64;
  }
  void taken_back(void* part, std::size_t room) noexcept override {
    __asan_poison_memory_region(part, room);
  }

 private:
  static void allow(void* part, std::size_t bytes) {
    __asan_unpoison_memory_region(part, bytes);
  }
#else
 private:
  static void allow(void*, std::size_t) {}
#endif
  std::unique_ptr<DeviceRuntime> host_ = open_host_runtime();
  std::optional<Options> options_;
};

}  // namespace kernels::cuda::emulation
