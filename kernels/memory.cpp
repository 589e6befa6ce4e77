// SPDX-License-Identifier: Apache-2.0
#include "kernels/memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "kernels/error.h"

namespace kernels {

namespace {

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Memory::~Memory() {
  for (const auto& [address, bytes] : segments_) munmap(address, bytes);
}

void* Memory::allocate(std::size_t bytes) {
  const std::size_t wanted = round_up(std::max(bytes, std::size_t{1}), alignment);
  const std::lock_guard lock(mutex_);
  auto fit = free_.lower_bound({wanted, nullptr});
  if (fit == free_.end()) {
    const std::size_t mapped = round_up(wanted, segment);
    void* address = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED)
      throw DeviceError("out of host memory: {} bytes asked for, {} in use (peak {}), {} reserved", wanted,
                        statistics_.in_use, statistics_.peak_in_use, statistics_.reserved);
    madvise(address, mapped, MADV_HUGEPAGE);  // A hint: fewer page faults and TLB misses where the system grants it.
    auto* base = static_cast<std::byte*>(address);
    segments_.emplace_back(base, mapped);
    pieces_[base] = {mapped, true, true};
    statistics_.reserved += mapped;
    ++statistics_.segments;
    fit = free_.insert({mapped, base}).first;
  }
  std::byte* base = fit->second;
  free_.erase(fit);
  Piece& piece = pieces_.at(base);
  if (piece.bytes > wanted) {
    pieces_[base + wanted] = {piece.bytes - wanted, true, false};
    free_.insert({piece.bytes - wanted, base + wanted});
    piece.bytes = wanted;
  }
  piece.free = false;
  statistics_.in_use += wanted;
  statistics_.peak_in_use = std::max(statistics_.peak_in_use, statistics_.in_use);
  return base;
}

void Memory::release(void* pointer) noexcept {
  if (pointer == nullptr) return;
  const std::lock_guard lock(mutex_);
  auto at = pieces_.find(static_cast<std::byte*>(pointer));
  if (at == pieces_.end() || at->second.free) return;
  statistics_.in_use -= at->second.bytes;
  at->second.free = true;
  const auto next = std::next(at);
  if (next != pieces_.end() && next->second.free && !next->second.first) {
    free_.erase({next->second.bytes, next->first});
    at->second.bytes += next->second.bytes;
    pieces_.erase(next);
  }
  if (!at->second.first && at != pieces_.begin()) {
    const auto before = std::prev(at);
    if (before->second.free) {
      free_.erase({before->second.bytes, before->first});
      before->second.bytes += at->second.bytes;
      pieces_.erase(at);
      at = before;
    }
  }
  free_.insert({at->second.bytes, at->first});
}

Memory::Statistics Memory::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void Memory::reset_peak() {
  const std::lock_guard lock(mutex_);
  statistics_.peak_in_use = statistics_.in_use;
}

}  // namespace kernels
