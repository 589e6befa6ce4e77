// SPDX-License-Identifier: Apache-2.0
// Keeps the host off the emulated device's memory. On a GPU a launcher, an op or a program that reads device memory
// itself crashes; under emulation it would get away with it. So the addresses can be touched only while a kernel or a
// copy of the queue runs. At any other time an access ends the process, with a message that says why and the calls that
// led there.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

namespace kernels::cuda::emulation {

class HostGuard {
 public:
  HostGuard() = default;
  HostGuard(const HostGuard&) = delete;
  HostGuard& operator=(const HostGuard&) = delete;
  ~HostGuard() { forget(); }

  // Guards [base, base + usable), which is open memory now. To be told again when it has grown.
  void watch(std::byte* base, std::size_t usable);
  // The memory is about to go.
  void forget() noexcept;

  // While one lives, the memory is open.
  class Open {
   public:
    explicit Open(HostGuard& guard) : guard_(guard) { guard_.open(); }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { guard_.close(); }

   private:
    HostGuard& guard_;
  };

  // Whether an access to this address now is one of the host's. May be asked in a signal handler.
  bool refuses(const void* address) const noexcept;

 private:
  void open();
  void close() noexcept;

  std::mutex mutex_;
  int opened_ = 0;
  std::atomic<std::byte*> base_ = nullptr;
  std::atomic<std::size_t> usable_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace kernels::cuda::emulation
