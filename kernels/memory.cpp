// SPDX-License-Identifier: Apache-2.0
#include "kernels/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "kernels/error.h"

namespace kernels {

namespace {

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Memory::~Memory() {
  if (base_ != nullptr) munmap(base_, limit_);
}

// Addresses cost nothing until they are made usable. Twice the machine's memory leaves room for swap; a smaller limit
// on addresses (ulimit -v) gets a smaller range.
void Memory::reserve_addresses() {
  const auto pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
  limit_ = round_up(2 * pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), growth);
  void* address = MAP_FAILED;
  for (;;) {
    address = mmap(nullptr, limit_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address != MAP_FAILED) break;
    if (limit_ <= growth) throw DeviceError("out of host memory: no range of {} bytes of addresses", limit_);
    limit_ = round_up(limit_ / 2, growth);
  }
  madvise(address, limit_, MADV_HUGEPAGE);  // A hint: fewer page faults and TLB misses where the system grants it.
  base_ = static_cast<std::byte*>(address);
}

Memory::Pieces::iterator Memory::free_piece(std::size_t bytes) {
  const auto fit = free_.lower_bound({bytes, nullptr});
  if (fit != free_.end()) return pieces_.find(fit->second);
  if (base_ == nullptr) reserve_addresses();
  std::byte* end = base_ + statistics_.reserved;
  const bool free_at_end = !pieces_.empty() && std::prev(pieces_.end())->second.free;
  const std::size_t missing = bytes - (free_at_end ? std::prev(pieces_.end())->second.bytes : 0);
  const std::size_t room = limit_ - statistics_.reserved;
  if (missing > room || mprotect(end, round_up(missing, growth), PROT_READ | PROT_WRITE) != 0)
    throw DeviceError("out of host memory: {} bytes asked for, {} in use (peak {}), {} reserved", bytes,
                      statistics_.in_use, statistics_.peak_in_use, statistics_.reserved);
  const std::size_t added = round_up(missing, growth);
  statistics_.reserved += added;
  ++statistics_.growths;
  free_and_merge(pieces_.insert({end, {added, false}}).first);
  return std::prev(pieces_.end());
}

void* Memory::allocate(std::size_t bytes) {
  const std::size_t wanted = round_up(std::max(bytes, std::size_t{1}), alignment);
  const std::lock_guard lock(mutex_);
  const auto at = free_piece(wanted);
  auto& [base, piece] = *at;
  free_.erase({piece.bytes, base});
  if (piece.bytes > wanted) {
    pieces_[base + wanted] = {piece.bytes - wanted, true};
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
  const auto at = pieces_.find(static_cast<std::byte*>(pointer));
  if (at == pieces_.end() || at->second.free) return;
  statistics_.in_use -= at->second.bytes;
  free_and_merge(at);
}

void Memory::free_and_merge(Pieces::iterator at) {
  at->second.free = true;
  const auto next = std::next(at);
  if (next != pieces_.end() && next->second.free) {
    free_.erase({next->second.bytes, next->first});
    at->second.bytes += next->second.bytes;
    pieces_.erase(next);
  }
  if (at != pieces_.begin() && std::prev(at)->second.free) {
    const auto before = std::prev(at);
    free_.erase({before->second.bytes, before->first});
    before->second.bytes += at->second.bytes;
    pieces_.erase(at);
    at = before;
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
