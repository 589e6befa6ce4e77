// SPDX-License-Identifier: Apache-2.0
// Named ranges on the calling thread for NVIDIA's profilers, by NVTX. Where no profiler listens, a call is a test of
// one pointer; where the header is missing, nothing.
#pragma once

#ifdef ISOTHERM_HAVE_NVTX
#include <nvtx3/nvToolsExt.h>
#endif

namespace kernels::cuda {

#ifdef ISOTHERM_HAVE_NVTX
inline constexpr bool have_ranges = true;
inline void begin_range(const char* name) {
  nvtxRangePushA(name);
}
inline void end_range() noexcept {
  nvtxRangePop();
}
#else
inline constexpr bool have_ranges = false;
inline void begin_range(const char*) {}
inline void end_range() noexcept {}
#endif

}  // namespace kernels::cuda
