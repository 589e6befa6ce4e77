// SPDX-License-Identifier: Apache-2.0
// Warp operations as CUDA spells them: shuffles, votes and the barrier of a warp. All lanes of the mask must come to
// the same place in the source; a value may be taken from a lane of the mask only.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/cuda/emulation/block.h"

namespace kernels::cuda::emulation {

// What one lane hands in to a shuffle and takes out.
template <class T>
struct Shuffled {
  T given, taken;
  int source;  // The lane that it takes from.
  bool source_missing;
};

template <class T>
T shuffle(std::uint32_t mask, T value, int source, Site site) {
  static_assert(std::is_trivially_copyable_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
  Shuffled<T> lane{value, value, source, false};
  running_block().meet(mask, &lane, site, [](void* const* operands) {
    for (unsigned l = 0; l < warp_lanes; ++l) {
      if (operands[l] == nullptr) continue;
      auto& taker = *static_cast<Shuffled<T>*>(operands[l]);
      const auto* giver = static_cast<const Shuffled<T>*>(operands[taker.source]);
      if (giver == nullptr)
        taker.source_missing = true;
      else
        taker.taken = giver->given;
    }
  });
  const Unwatched unwatched;
  if (lane.source_missing)
    running_block().fail("a shuffle takes from lane " + std::to_string(source) + ", which is not in its mask, at " +
                         to_string(site));
  return lane.taken;
}

inline int own_lane() {
  const Unwatched unwatched;
  return static_cast<int>(running_block().thread().number % warp_lanes);
}

// Bit l is set where lane l is in the mask and its predicate holds.
std::uint32_t ballot(std::uint32_t mask, bool predicate, Site site);

}  // namespace kernels::cuda::emulation

inline void __syncwarp(std::uint32_t mask = 0xFFFFFFFFu,
                       kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  kernels::cuda::emulation::running_block().warp_barrier(mask, site);
}

template <class T>
T __shfl_sync(std::uint32_t mask, T value, int source, int width = 32,
              kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  const int lane = kernels::cuda::emulation::own_lane();
  return kernels::cuda::emulation::shuffle(mask, value, (lane & ~(width - 1)) + (source & (width - 1)), site);
}
template <class T>
T __shfl_xor_sync(std::uint32_t mask, T value, int lane_mask, int width = 32,
                  kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  const int lane = kernels::cuda::emulation::own_lane(), source = lane ^ lane_mask;
  // Beyond the end of its group of `width` lanes a lane keeps its own value; earlier groups may be read.
  const bool beyond = source >= (lane & ~(width - 1)) + width;
  return kernels::cuda::emulation::shuffle(mask, value, beyond ? lane : source, site);
}
template <class T>
T __shfl_down_sync(std::uint32_t mask, T value, int delta, int width = 32,
                   kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  const int lane = kernels::cuda::emulation::own_lane();
  const bool beyond = (lane & (width - 1)) + delta >= width;
  return kernels::cuda::emulation::shuffle(mask, value, beyond ? lane : lane + delta, site);
}
template <class T>
T __shfl_up_sync(std::uint32_t mask, T value, int delta, int width = 32,
                 kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  const int lane = kernels::cuda::emulation::own_lane();
  const bool before = (lane & (width - 1)) < delta;
  return kernels::cuda::emulation::shuffle(mask, value, before ? lane : lane - delta, site);
}

inline unsigned __ballot_sync(std::uint32_t mask, bool predicate,
                              kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  return kernels::cuda::emulation::ballot(mask, predicate, site);
}
inline bool __any_sync(std::uint32_t mask, bool predicate,
                       kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  return kernels::cuda::emulation::ballot(mask, predicate, site) != 0;
}
inline bool __all_sync(std::uint32_t mask, bool predicate,
                       kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  return kernels::cuda::emulation::ballot(mask, predicate, site) == mask;
}
