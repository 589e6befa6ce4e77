// SPDX-License-Identifier: Apache-2.0
// The emulated device: its memory is the host's, closed to it but for kernels and copies, filled with NaN when it is
// handed out, and to AddressSanitizer nothing but what was asked for may be touched.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "kernels/cuda/emulation/host_guard.h"
#include "kernels/cuda/emulation/options.h"
#include "kernels/cuda/emulation/uploads.h"
#include "kernels/device_runtime.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace kernels::cuda::emulation {

class EmulatedRuntime final : public DeviceRuntime {
 public:
  // Of this device's launches: its own where they were set, else the process's.
  Options options() const { return options_.value_or(emulation::options()); }
  void set_options(const Options& options) { options_ = options; }
  // To be opened while a kernel runs.
  HostGuard& guard() { return guard_; }
  std::uint64_t downloads() const { return downloads_; }

  std::string name() const override { return "cuda:0 (emulated)"; }
  bool shares_host_memory() const override { return false; }  // So that every copy takes the way of a real device.
  AddressRange reserve_addresses(std::size_t granularity) override {
    const AddressRange range = host_->reserve_addresses(granularity);
    base_ = range.base;
    return range;
  }
  bool make_usable(std::byte* from, std::size_t bytes) override {
    if (!host_->make_usable(from, bytes)) return false;
    taken_back(from, bytes);
    guard_.watch(base_, static_cast<std::size_t>(from + bytes - base_));
    return true;
  }
  void release_addresses(const AddressRange& range, std::size_t usable) noexcept override {
    guard_.forget();
    allow(range.base, usable);
    host_->release_addresses(range, usable);
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    const HostGuard::Open open(guard_);
    host_->upload(to, from, bytes);
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    ++downloads_;
    const HostGuard::Open open(guard_);
    host_->download(to, from, bytes);
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    const HostGuard::Open open(guard_);
    std::memset(to, byte, bytes);
  }
  void synchronize() override {}
  std::shared_ptr<Event> record() override { return host_->record(); }  // A launch returns when the grid has run.
  void wait_for(Event& event) override { event.wait(); }
  Capacity capacity() const override { return host_->capacity(); }

  void* allocate_staging(std::size_t bytes) override { return uploads_.allocate_staging(bytes); }
  void release_staging(void* memory) noexcept override { uploads_.release_staging(memory); }
  std::shared_ptr<Event> start_uploads(std::span<const Transfer> transfers, Event& after) override {
    return uploads_.start(transfers, after, options().async_copy);
  }

  void handed_out(void* part, std::size_t bytes) override {
    allow(part, bytes);
    fill(part, 0xFF, bytes);
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
  HostGuard guard_;
  std::byte* base_ = nullptr;
  std::uint64_t downloads_ = 0;
  std::optional<Options> options_;
  Uploads uploads_{guard_};
};

}  // namespace kernels::cuda::emulation
