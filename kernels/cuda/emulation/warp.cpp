// SPDX-License-Identifier: Apache-2.0
// How the lanes of a warp meet.
#include "kernels/cuda/emulation/warp.h"

#include "kernels/error.h"

namespace kernels::cuda::emulation {

void Block::meet(std::uint32_t mask, void* operand, Site site, WarpOperation operation) {
  {
    const Unwatched unwatched;
    Thread& self = *current_;
    const unsigned first = self.number / warp_lanes * warp_lanes, lane = self.number % warp_lanes;
    if ((mask >> lane & 1) == 0)
      fail(fmt::format("lane {} is not in its own mask {:08x} at {}", lane, mask, to_string(site)));
    self.mask = mask;
    self.operand = operand;
    self.site = site;
    self.state = ThreadState::at_warp_operation;
    void* operands[warp_lanes] = {};
    bool complete = true;
    for (unsigned l = 0; l < warp_lanes; ++l) {
      if ((mask >> l & 1) == 0) continue;
      if (first + l >= count_)
        fail(fmt::format("mask {:08x} at {} names lane {}, which this block does not have", mask, to_string(site), l));
      const Thread& other = *threads_[first + l];
      if (other.state == ThreadState::exited)
        fail(fmt::format("mask {:08x} at {} waits for lane {}, which has exited", mask, to_string(site), l));
      if (other.state != ThreadState::at_warp_operation) {
        complete = false;
        continue;
      }
      const bool waits_for_me = (other.mask >> lane & 1) != 0;
      if (waits_for_me && !(other.site == site))
        fail(fmt::format("lanes meet in different warp operations: {} and lane {} at {}", to_string(site), l,
                         to_string(other.site)));
      if (waits_for_me && other.mask != mask)
        fail(fmt::format("at {} lane {} names mask {:08x}, lane {} names {:08x}", to_string(site), lane, mask, l,
                         other.mask));
      if (!waits_for_me) complete = false;
      operands[l] = other.operand;
    }
    if (complete) {
      operation(operands);
      for (unsigned l = 0; l < warp_lanes; ++l) {
        if ((mask >> l & 1) == 0) continue;
        threads_[first + l]->state = ThreadState::ready;
        wake(first + l);
      }
    }
  }
  suspend();
}

void Block::warp_barrier(std::uint32_t mask, Site site) {
  char* moment = nullptr;
  {
    const Unwatched unwatched;
    moment = &warps_[current_->number / warp_lanes];
  }
  release(moment);
  meet(mask, nullptr, site, [](void* const*) {});
  acquire(moment);
}

std::uint32_t ballot(std::uint32_t mask, bool predicate, Site site) {
  struct Vote {
    bool given;
    std::uint32_t result;
  } vote{predicate, 0};
  running_block().meet(mask, &vote, site, [](void* const* operands) {
    std::uint32_t result = 0;
    for (unsigned l = 0; l < warp_lanes; ++l)
      if (operands[l] != nullptr && static_cast<Vote*>(operands[l])->given) result |= 1u << l;
    for (unsigned l = 0; l < warp_lanes; ++l)
      if (operands[l] != nullptr) static_cast<Vote*>(operands[l])->result = result;
  });
  const Unwatched unwatched;
  return vote.result;
}

}  // namespace kernels::cuda::emulation
