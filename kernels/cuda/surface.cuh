// SPDX-License-Identifier: Apache-2.0
// The portable surface that kernels are written to. nvcc compiles them for the GPU; under emulation
// (docs/architecture.md) the host compiler compiles the same text, and every CUDA thread becomes a fiber whose
// barriers, warp operations and asynchronous copies keep their real rules of who waits for whom.
//
// Plain CUDA C++, with these differences:
//   SHARED(float, tile, [16][17]);     for  __shared__ float tile[16][17];            aligned to 128 bytes
//   DYN_SHARED(bf16, stages);          for  extern __shared__ ...                     aligned to 1024 bytes
//   launch(queue, {...}, kernel, ...)  for  kernel<<<...>>>(...)                      kernels/cuda/launch.cuh
// threadIdx, blockIdx, __syncthreads, __syncwarp, __shfl_*_sync, __ballot_sync, __any_sync, __all_sync, atomicAdd and
// the
// __fmul_rn family are as CUDA has them. A thread must not return while others of its block still meet at a barrier or
// a warp operation. The rest of the surface, on the device:
//   cp_async<Bytes>(to, from, valid)   copies 4, 8 or 16 aligned bytes to shared memory asynchronously; zeros where not
//                                      valid (`from` must still be an address)
//   cp_async_commit(), cp_async_wait<Pending>()  closes a group; waits until at most Pending groups are on their way
//   ldmatrix<Count>(registers, row), ldmatrix_transposed<Count>(...)  1, 2 or 4 8x8 matrices of 16-bit numbers; lane
//                                      8 m + r names row r of matrix m, a multiple of 16 bytes
//   mma_m16n8k16_bf16(d, a, b), mma_m16n8k8_tf32(d, a, b)  d += a b on the tensor cores, d in f32
//   to_tf32(value)                     rounds f32 to the 10 bits of mantissa of a tf32 operand, ties away from zero
//   to_bf16(value), to_bf16_pair(low, high)  round to nearest even
//   load_vector(address), store_vector(address, vector)  one aligned 128-bit access
//   store_whole_vector(address, vector)  the same to global memory, where nvcc would take the store apart, as it does
//                                      in some kernels whose branches differ in the values only
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/dtype.h"

namespace kernels::cuda {

// What one 128-bit access carries: 4 f32 or i32, 8 bf16, 16 u8.
template <class T>
inline constexpr int vector_width = 16 / static_cast<int>(sizeof(T));

template <class T>
struct alignas(16) Vector {
  T values[vector_width<T>];
};

inline constexpr unsigned whole_warp = 0xFFFFFFFFu;
inline constexpr int warp_size = 32;

}  // namespace kernels::cuda

#if defined(__CUDACC__)
#include "kernels/cuda/hardware/surface.cuh"
#else
#include "kernels/cuda/emulation/surface.h"
#endif

namespace kernels::cuda {

// Arithmetic is f32; storage is f32 or bf16.
__host__ __device__ __forceinline__ float to_float(float value) {
  return value;
}
__host__ __device__ __forceinline__ float to_float(bf16 value) {
  return static_cast<float>(value);
}
template <class T>
__device__ __forceinline__ T from_float(float value) {
  if constexpr (std::is_same_v<T, bf16>)
    return to_bf16(value);
  else
    return static_cast<T>(value);
}

// One element as f32.
template <class T>
__device__ __forceinline__ float load(const T* from, std::int64_t index) {
  return to_float(from[index]);
}
template <class T>
__device__ __forceinline__ void store(T* to, std::int64_t index, float value) {
  to[index] = from_float<T>(value);
}

// Whether rows of `length` elements that begin at `address` can be read and written in 128-bit pieces.
template <class T>
bool takes_vectors(const T* address, std::int64_t length) {
  return reinterpret_cast<std::uintptr_t>(address) % 16 == 0 && length % vector_width<T> == 0;
}

}  // namespace kernels::cuda
