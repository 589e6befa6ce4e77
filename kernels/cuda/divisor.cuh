// SPDX-License-Identifier: Apache-2.0
// Division of numbers below 2^31 by a number that the host knows: one multiplication and one shift instead of some
// twenty instructions (Granlund and Montgomery 1994, "Division by invariant integers using multiplication").
#pragma once

#include <cstdint>

#include "kernels/cuda/surface.cuh"

namespace kernels::cuda {

class Divisor {
 public:
  Divisor() = default;
  // 0 < divisor < 2^31.
  explicit Divisor(std::int64_t divisor) {
    while ((std::int64_t{1} << shift_) < divisor) ++shift_;
    const std::uint64_t excess = (std::uint64_t{1} << shift_) - static_cast<std::uint64_t>(divisor);
    multiplier_ = static_cast<unsigned>((excess << 32) / static_cast<std::uint64_t>(divisor) + 1);
  }
  // 0 <= number < 2^31.
  __device__ __forceinline__ int quotient(int number) const {
    const auto n = static_cast<unsigned>(number);
    return static_cast<int>((__umulhi(n, multiplier_) + n) >> shift_);
  }

 private:
  unsigned multiplier_ = 1;
  int shift_ = 0;
};

}  // namespace kernels::cuda
