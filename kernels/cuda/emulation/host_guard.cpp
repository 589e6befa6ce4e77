// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/host_guard.h"

#include <execinfo.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "kernels/error.h"

namespace kernels::cuda::emulation {

namespace {

// What the signal handler looks through. A guard beyond these still refuses, without the message.
std::array<std::atomic<const HostGuard*>, 64> guards;
std::mutex handler_mutex;
struct sigaction handler_before;

void say(std::string_view text) {
  static_cast<void>(!write(STDERR_FILENO, text.data(), text.size()));
}

void on_fault(int signal, siginfo_t* info, void*) {
  for (const auto& entry : guards) {
    const HostGuard* guard = entry.load();
    if (guard == nullptr || !guard->refuses(info->si_addr)) continue;
    say("\ncuda (emulated): the host touched device memory, which a GPU's host cannot do. Only kernels may, and "
        "Queue::upload, download and fill. The calls that led there (addr2line -Cfe PROGRAM ADDRESS):\n");
    void* calls[32];
    backtrace_symbols_fd(calls, backtrace(calls, 32), STDERR_FILENO);
  }
  sigaction(signal, &handler_before, nullptr);  // The access is tried again, and now ends the process.
}

// Test frameworks put handlers of their own in place for every test, so that ours is put back time and again.
void install_handler() {
  const std::lock_guard lock(handler_mutex);
  struct sigaction current = {};
  if (sigaction(SIGSEGV, nullptr, &current) != 0) return;
  if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == &on_fault) return;
  handler_before = current;
  struct sigaction wanted = {};
  wanted.sa_sigaction = &on_fault;
  wanted.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &wanted, nullptr);
}

}  // namespace

void HostGuard::watch(std::byte* base, std::size_t usable) {
  const std::lock_guard lock(mutex_);
  if (base_ == nullptr) {
    const auto vacant =
        std::find_if(guards.begin(), guards.end(), [](const auto& entry) { return entry.load() == nullptr; });
    if (vacant != guards.end()) *vacant = this;
  }
  base_ = base;
  usable_ = usable;
  if (opened_ > 0) return;
  closed_ = mprotect(base, usable, PROT_NONE) == 0;
  install_handler();
}

void HostGuard::forget() noexcept {
  const std::lock_guard lock(mutex_);
  for (auto& entry : guards)
    if (entry.load() == this) entry = nullptr;
  closed_ = false;
  base_ = nullptr;
  usable_ = 0;
}

bool HostGuard::refuses(const void* address) const noexcept {
  const auto* at = static_cast<const std::byte*>(address);
  return closed_ && at >= base_.load() && at < base_.load() + usable_.load();
}

void HostGuard::open() {
  const std::lock_guard lock(mutex_);
  if (opened_ == 0 && closed_) {
    if (mprotect(base_, usable_, PROT_READ | PROT_WRITE) != 0)
      throw DeviceError("cuda (emulated): its {} bytes of memory cannot be opened: {}", usable_.load(),
                        std::strerror(errno));
    closed_ = false;
  }
  ++opened_;
}

void HostGuard::close() noexcept {
  const std::lock_guard lock(mutex_);
  if (--opened_ > 0 || base_ == nullptr) return;
  closed_ = mprotect(base_, usable_, PROT_NONE) == 0;
  install_handler();
}

}  // namespace kernels::cuda::emulation
