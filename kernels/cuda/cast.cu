// SPDX-License-Identifier: Apache-2.0
// Each thread takes what makes 16 bytes of the wider type, so that neighbours stay side by side in both memories.
#include <algorithm>
#include <cstring>

#include "kernels/cast.h"
#include "kernels/cuda/launch.cuh"

namespace kernels::cuda {

namespace {

constexpr int threads = 256;

template <class T, int N>
struct alignas(sizeof(T) * N) Pack {
  T values[N];
};

template <class From, class To>
__device__ __forceinline__ To convert(From x) {
  if constexpr (std::is_same_v<To, bf16>)
    return to_bf16(static_cast<float>(x));
  else
    return converted<To>(x);
}

template <class From, class To, int width>
__global__ void __launch_bounds__(threads)
    cast_packs(const From* __restrict__ x, To* __restrict__ y, std::int64_t count, bool aligned) {
  const std::int64_t at = (std::int64_t{blockIdx.x} * threads + threadIdx.x) * width;
  if (aligned && at + width <= count) {
    const auto from = *reinterpret_cast<const Pack<From, width>*>(x + at);
    Pack<To, width> to;
#pragma unroll
    for (int i = 0; i < width; ++i) to.values[i] = convert<From, To>(from.values[i]);
    *reinterpret_cast<Pack<To, width>*>(y + at) = to;
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i) y[i] = convert<From, To>(x[i]);
  }
}

}  // namespace

void cast(Queue& queue, ConstView x, View y) {
  visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(x.dtype, "cast", [&]<class From>() {
    visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(y.dtype, "cast", [&]<class To>() {
      constexpr int width = std::min(vector_width<From>, vector_width<To>);
      const bool aligned = takes_vectors(x.as<From>(), 0) && takes_vectors(y.as<To>(), 0);
      launch(queue, {"cast", blocks_for(y.elements(), std::int64_t{threads} * width), threads},
             cast_packs<From, To, width>, x.as<From>(), y.as<To>(), y.elements(), aligned);
    });
  });
}

}  // namespace kernels::cuda
