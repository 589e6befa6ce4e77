// SPDX-License-Identifier: Apache-2.0
#include "kernels/device_runtime.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

#include "kernels/cuda/devices.h"
#include "kernels/error.h"

namespace kernels {

namespace {

class HostRuntime final : public DeviceRuntime {
 public:
  std::string name() const override { return "host"; }
  bool shares_host_memory() const override { return true; }

  // Twice the machine's memory leaves room for swap; a smaller limit on addresses (ulimit -v) gets a smaller range.
  AddressRange reserve_addresses(std::size_t granularity) override {
    const auto round_up = [granularity](std::size_t bytes) {
      return (bytes + granularity - 1) / granularity * granularity;
    };
    const auto pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
    std::size_t bytes = round_up(2 * pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
    for (;;) {
      void* address = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (address != MAP_FAILED) {
        madvise(address, bytes, MADV_HUGEPAGE);  // A hint: fewer page faults and TLB misses where the system grants it.
        return {static_cast<std::byte*>(address), bytes};
      }
      if (bytes <= granularity) throw DeviceError("out of host memory: no range of {} bytes of addresses", bytes);
      bytes = round_up(bytes / 2);
    }
  }
  bool make_usable(std::byte* from, std::size_t bytes) override {
    return mprotect(from, bytes, PROT_READ | PROT_WRITE) == 0;
  }
  void release_addresses(const AddressRange& range, std::size_t) noexcept override { munmap(range.base, range.bytes); }

  Capacity capacity() const override {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return {static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) * page,
            static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * page};
  }

  void upload(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void fill(void* to, unsigned char byte, std::size_t bytes) override { std::memset(to, byte, bytes); }
  void synchronize() override {}
  std::shared_ptr<Event> record() override { return std::make_shared<ClockEvent>(); }
  void wait_for(Event&) override {}

  void* allocate_staging(std::size_t bytes) override { return ::operator new(bytes, staging_alignment); }
  void release_staging(void* memory) noexcept override { ::operator delete(memory, staging_alignment); }
  std::shared_ptr<Event> start_uploads(std::span<const Transfer> transfers, Event&) override {
    for (const Transfer& transfer : transfers) copy(transfer.to, transfer.from, transfer.bytes);
    return record();
  }

 private:
  static constexpr std::align_val_t staging_alignment{64};

  static void copy(void* to, const void* from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
};

}  // namespace

std::unique_ptr<DeviceRuntime> open_host_runtime() {
  return std::make_unique<HostRuntime>();
}

std::unique_ptr<DeviceRuntime> open_runtime(const Device& device) {
  if (device.kind == DeviceKind::cuda) return cuda::open_runtime(device.index);
  return open_host_runtime();
}

}  // namespace kernels
