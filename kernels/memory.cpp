// SPDX-License-Identifier: Apache-2.0
#include "kernels/memory.h"

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
  if (range_.base != nullptr) runtime_.release_addresses(range_, statistics_.reserved);
}

Memory::Pieces::iterator Memory::free_piece(std::size_t bytes) {
  const auto fit = free_.lower_bound({bytes, nullptr});
  if (fit != free_.end()) return pieces_.find(fit->second);
  if (range_.base == nullptr) range_ = runtime_.reserve_addresses(growth);
  std::byte* end = range_.base + statistics_.reserved;
  const bool free_at_end = !pieces_.empty() && std::prev(pieces_.end())->second.free;
  const std::size_t missing = bytes - (free_at_end ? std::prev(pieces_.end())->second.bytes : 0);
  const std::size_t room = range_.bytes - statistics_.reserved;
  if (missing > room || !runtime_.make_usable(end, round_up(missing, growth))) {
    const DeviceRuntime::Capacity device = runtime_.capacity();
    throw DeviceError(
        "out of {} memory: {} bytes asked for, {} in use (peak {}), {} reserved; of the device's {}, {} are free",
        runtime_.name(), bytes, statistics_.in_use, statistics_.peak_in_use, statistics_.reserved, device.total,
        device.available);
  }
  const std::size_t added = round_up(missing, growth);
  statistics_.reserved += added;
  ++statistics_.growths;
  free_and_merge(pieces_.insert({end, {added, false}}).first);
  return std::prev(pieces_.end());
}

void* Memory::allocate(std::size_t bytes) {
  const std::size_t wanted = round_up(std::max(bytes, std::size_t{1}) + runtime_.guard_bytes(), alignment);
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
  runtime_.handed_out(base, bytes);
  return base;
}

void Memory::release(void* pointer) noexcept {
  if (pointer == nullptr) return;
  const std::lock_guard lock(mutex_);
  const auto at = pieces_.find(static_cast<std::byte*>(pointer));
  if (at == pieces_.end() || at->second.free) return;
  runtime_.taken_back(pointer, at->second.bytes);
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
