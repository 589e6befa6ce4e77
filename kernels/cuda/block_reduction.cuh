// SPDX-License-Identifier: Apache-2.0
// Sums over a warp and over a block and maxima over a warp, in an order that is always the same.
#pragma once

#include "kernels/cuda/surface.cuh"

namespace kernels::cuda {

// To every lane. All lanes of the warp must take part. T: float, double or int.
template <class T>
__device__ __forceinline__ T warp_sum(T value) {
#pragma unroll
  for (int distance = warp_size / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(whole_warp, value, distance);
  return value;
}
template <class T>
__device__ __forceinline__ T warp_max(T value) {
#pragma unroll
  for (int distance = warp_size / 2; distance > 0; distance /= 2) {
    const T other = __shfl_xor_sync(whole_warp, value, distance);
    value = value < other ? other : value;
  }
  return value;
}

// To every thread of a one-dimensional block of `Threads`, a multiple of 32. All threads must take part. It may be
// called again at once: it ends with a barrier.
template <int Threads, class T>
__device__ T block_sum(T value) {
  static_assert(Threads % warp_size == 0);
  SHARED(T, of_warps, [Threads / warp_size]);
  value = warp_sum(value);
  if (threadIdx.x % warp_size == 0) of_warps[threadIdx.x / warp_size] = value;
  __syncthreads();
  T sum = of_warps[0];
#pragma unroll
  for (int warp = 1; warp < Threads / warp_size; ++warp) sum += of_warps[warp];
  __syncthreads();
  return sum;
}

}  // namespace kernels::cuda
