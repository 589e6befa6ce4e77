// SPDX-License-Identifier: Apache-2.0
// y = x in y's element type. Floating to floating rounds to nearest, ties to even; floating to integer drops the
// fraction (a value outside the integer's range gives its nearest end, NaN gives 0); integer to a narrower integer
// keeps the low bits. Equal shapes, all types on all devices:
// converting is the one thing that every device does with f64.
#pragma once

#include <limits>

#include "kernels/kernel.h"

namespace kernels {

using Cast = void(Queue&, ConstView x, View y);

namespace reference {
Cast cast;
}
namespace cpu {
Cast cast;
}
namespace cuda {
Cast cast;
}

inline constexpr Kernel cast{"cast", &reference::cast, &cpu::cast, CUDA_SLOT(cuda::cast)};

// One element. 2^63 and its like are exact in every floating type, so `<` and `>=` against them decide alike on all
// devices.
template <class To, class From>
constexpr To converted(From x) {
  if constexpr (std::is_same_v<From, bf16>) {
    return converted<To>(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bf16>) {
    return bf16(static_cast<float>(x));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using Limits = std::numeric_limits<To>;
    constexpr From above = static_cast<From>(Limits::max() / 2 + 1) * 2;
    if (x >= above) return Limits::max();
    if (x < static_cast<From>(Limits::min())) return Limits::min();
    return x == x ? static_cast<To>(x) : To(0);
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace kernels
