// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/uploads.h"

#include <cstring>

#include "kernels/error.h"

namespace kernels::cuda::emulation {

// Its event: behind batch `number` (from 1).
class Uploads::Arrival final : public ClockEvent {
 public:
  Arrival(Uploads& uploads, std::uint64_t number) : uploads_(uploads), number_(number) {}
  void wait() override { uploads_.land_through(number_); }

 private:
  Uploads& uploads_;
  std::uint64_t number_;
};

void* Uploads::allocate_staging(std::size_t bytes) {
  auto block = std::make_unique<std::byte[]>(std::max<std::size_t>(bytes, 1));
  std::byte* memory = block.get();
  const std::lock_guard lock(mutex_);
  blocks_[memory] = std::move(block);
  sizes_[memory] = bytes;
  return memory;
}

void Uploads::release_staging(void* memory) noexcept {
  const std::lock_guard lock(mutex_);
  sizes_.erase(static_cast<const std::byte*>(memory));
  blocks_.erase(static_cast<const std::byte*>(memory));
}

void Uploads::require_staging(const Transfer& transfer) {
  const auto* from = static_cast<const std::byte*>(transfer.from);
  const std::lock_guard lock(mutex_);
  const auto above = sizes_.upper_bound(from);
  if (above != sizes_.begin()) {
    const auto& [begin, bytes] = *std::prev(above);
    if (from + transfer.bytes <= begin + bytes) return;
  }
  throw DeviceError("an upload of {} bytes was started from memory that is no staging memory", transfer.bytes);
}

std::shared_ptr<Event> Uploads::start(std::span<const Transfer> transfers, Event& after, AsyncCopy moment) {
  for (const Transfer& transfer : transfers) require_staging(transfer);
  after.wait();
  {
    const HostGuard::Open open(guard_);
    for (const Transfer& transfer : transfers) std::memset(transfer.to, 0xFF, transfer.bytes);  // NaN.
  }
  on_their_way_.emplace_back(transfers.begin(), transfers.end());
  const std::uint64_t number = landed_ + on_their_way_.size();
  if (moment == AsyncCopy::eager) land_through(number);
  return std::make_shared<Arrival>(*this, number);
}

void Uploads::land_through(std::uint64_t number) {
  if (landed_ >= number) return;
  const HostGuard::Open open(guard_);
  for (; landed_ < number; ++landed_) {
    for (const Transfer& transfer : on_their_way_.front()) std::memcpy(transfer.to, transfer.from, transfer.bytes);
    on_their_way_.pop_front();
  }
}

}  // namespace kernels::cuda::emulation
