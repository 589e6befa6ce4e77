// SPDX-License-Identifier: Apache-2.0
// The surface as the host compiler compiles it, for kernels that run under emulation: the twin of
// kernels/cuda/hardware/surface.cuh. kernels/cuda/surface.cuh says what each function does.
#pragma once

#include <bit>
#include <cstring>

#include "kernels/cuda/emulation/async_copy.h"
#include "kernels/cuda/emulation/language.h"
#include "kernels/cuda/emulation/matrix.h"
#include "kernels/cuda/emulation/warp.h"
#include "kernels/dtype.h"

namespace kernels::cuda {

template <int Bytes = 16>
void cp_async(void* to, const void* from, bool valid = true, emulation::Site site = emulation::Site::here()) {
  static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16);
  emulation::issue_copy(to, valid ? from : nullptr, Bytes, site);
}

inline void cp_async_commit() {
  emulation::commit_copies();
}

template <int Pending>
void cp_async_wait() {
  emulation::wait_for_copies(Pending);
}

template <int Count>
void ldmatrix(std::uint32_t (&r)[Count], const void* row, emulation::Site site = emulation::Site::here()) {
  static_assert(Count == 1 || Count == 2 || Count == 4);
  emulation::load_matrices(r, Count, false, row, site);
}

template <int Count>
void ldmatrix_transposed(std::uint32_t (&r)[Count], const void* row, emulation::Site site = emulation::Site::here()) {
  static_assert(Count == 1 || Count == 2 || Count == 4);
  emulation::load_matrices(r, Count, true, row, site);
}

inline void mma_m16n8k16_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                              emulation::Site site = emulation::Site::here()) {
  emulation::multiply_add_bf16(d, a, b, site);
}

inline void mma_m16n8k8_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                             emulation::Site site = emulation::Site::here()) {
  emulation::multiply_add_tf32(d, a, b, site);
}

inline std::uint32_t to_tf32(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return 0x7FFFFFFFu;  // NaN, whatever bits it had.
  return magnitude == 0x7F800000u ? bits : (bits + 0x1000u) & 0xFFFFE000u;
}

inline bf16 to_bf16(float value) {
  return bf16(value);
}

inline std::uint32_t to_bf16_pair(float low, float high) {
  return std::uint32_t{bf16(low).bits} | (std::uint32_t{bf16(high).bits} << 16);
}

template <class T>
Vector<T> load_vector(const T* address, emulation::Site site = emulation::Site::here()) {
  emulation::check_aligned(address, 16, site);
  Vector<T> result;
  std::memcpy(static_cast<void*>(&result), address, 16);
  return result;
}

template <class T>
void store_vector(T* address, const Vector<T>& vector, emulation::Site site = emulation::Site::here()) {
  emulation::check_aligned(address, 16, site);
  std::memcpy(static_cast<void*>(address), &vector, 16);
}

template <class T>
void store_whole_vector(T* address, const Vector<T>& vector, emulation::Site site = emulation::Site::here()) {
  store_vector(address, vector, site);
}

}  // namespace kernels::cuda
