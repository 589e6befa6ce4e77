// SPDX-License-Identifier: Apache-2.0
// What CUDA C++ adds to the language and declares without an include, for the host compiler: qualifiers, the indices,
// barriers, fences, atomics and the arithmetic intrinsics that kernels here use. Spelled as CUDA spells them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/cuda/emulation/block.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
// A parameter that all threads of a grid share; the host's threads share it by reference.
#define __grid_constant__ &

#define threadIdx (::kernels::cuda::emulation::thread_index())
#define blockIdx (::kernels::cuda::emulation::block_index())
#define blockDim (::kernels::cuda::emulation::block_extents())
#define gridDim (::kernels::cuda::emulation::grid_extents())

// An array in shared memory: SHARED(float, tile, [16][17]); where CUDA writes __shared__ float tile[16][17]; The array
// is a block of its own on the heap, so that AddressSanitizer knows its ends, in templates too.
#define SHARED(Type, name, extents)                 \
  using name##_array = Type extents;                \
  static const char name##_key = 0;                 \
  name##_array& name = *static_cast<name##_array*>( \
      ::kernels::cuda::emulation::running_block().shared(&name##_key, sizeof(name##_array), #name))
// The dynamic shared memory of the launch, aligned to 1024 bytes.
#define DYN_SHARED(Type, name) \
  Type* name = static_cast<Type*>(::kernels::cuda::emulation::running_block().dynamic_shared(#name))

namespace kernels::cuda::emulation {

ISOTHERM_UNSANITIZED inline const uint3& thread_index() {
  return running_block().thread().index;
}
ISOTHERM_UNSANITIZED inline const uint3& block_index() {
  return running_block().block_index();
}
ISOTHERM_UNSANITIZED inline const dim3& block_extents() {
  return running_block().grid().threads;
}
ISOTHERM_UNSANITIZED inline const dim3& grid_extents() {
  return running_block().grid().blocks;
}

// One fiber runs at a time and none is interrupted, so plain operations are atomic.
template <class T, class Change>
T atomically(T* address, Change change) {
  const Unwatched unwatched;
  const T before = *address;
  *address = change(before);
  return before;
}

}  // namespace kernels::cuda::emulation

inline void __syncthreads(kernels::cuda::emulation::Site site = kernels::cuda::emulation::Site::here()) {
  kernels::cuda::emulation::running_block().barrier(site);
}
inline void __threadfence() {}
inline void __threadfence_block() {}

template <class T>
T __ldg(const T* address) {
  return *address;
}

template <class T>
T atomicAdd(T* address, T value) {
  return kernels::cuda::emulation::atomically(address, [=](T before) { return static_cast<T>(before + value); });
}
template <class T>
T atomicMax(T* address, T value) {
  return kernels::cuda::emulation::atomically(address, [=](T before) { return before < value ? value : before; });
}
template <class T>
T atomicMin(T* address, T value) {
  return kernels::cuda::emulation::atomically(address, [=](T before) { return value < before ? value : before; });
}
template <class T>
T atomicExch(T* address, T value) {
  return kernels::cuda::emulation::atomically(address, [=](T) { return value; });
}
template <class T>
T atomicCAS(T* address, T expected, T value) {
  return kernels::cuda::emulation::atomically(address, [=](T before) { return before == expected ? value : before; });
}

inline int __popc(unsigned bits) {
  return std::popcount(bits);
}
inline int __clz(int bits) {
  return std::countl_zero(static_cast<unsigned>(bits));
}
inline int __ffs(int bits) {
  return bits == 0 ? 0 : std::countr_zero(static_cast<unsigned>(bits)) + 1;
}
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((std::uint64_t{a} * b) >> 32);
}
inline unsigned __float_as_uint(float value) {
  return std::bit_cast<unsigned>(value);
}
inline float __uint_as_float(unsigned bits) {
  return std::bit_cast<float>(bits);
}
inline int __float_as_int(float value) {
  return std::bit_cast<int>(value);
}
inline float __int_as_float(int bits) {
  return std::bit_cast<float>(bits);
}
// Rounded to nearest and never contracted: the same bits as the CPU's.
inline float __fadd_rn(float a, float b) {
  return a + b;
}
inline float __fsub_rn(float a, float b) {
  return a - b;
}
inline float __fmul_rn(float a, float b) {
  return a * b;
}
inline float __fdiv_rn(float a, float b) {
  return a / b;
}
inline float __fsqrt_rn(float a) {
  return std::sqrt(a);
}
inline float __fmaf_rn(float a, float b, float c) {
  return std::fma(a, b, c);
}
inline double __dadd_rn(double a, double b) {
  return a + b;
}
inline double __dmul_rn(double a, double b) {
  return a * b;
}
inline float rsqrtf(float a) {
  return 1.0f / std::sqrt(a);
}
