// SPDX-License-Identifier: Apache-2.0
// The largest number of a line, with its place.
#pragma once

#include "kernels/cuda/lines.cuh"

namespace kernels::cuda {

// A number and its place. NaN beats every number, and the lower place beats its equals.
struct Candidate {
  float value;
  int place;
};
__device__ __forceinline__ Candidate better(const Candidate& a, const Candidate& b) {
  const bool a_is_nan = a.value != a.value, b_is_nan = b.value != b.value;
  const bool alike = a_is_nan == b_is_nan && (a_is_nan || a.value == b.value);
  if (alike) return a.place < b.place ? a : b;
  return b_is_nan || (!a_is_nan && b.value > a.value) ? b : a;
}

__device__ __forceinline__ Candidate best_of_line(const OwnLine&, const Candidate& own) {
  return own;
}
__device__ __forceinline__ Candidate best_of_line(const WarpLine&, Candidate own) {
#pragma unroll
  for (int distance = warp_size / 2; distance > 0; distance /= 2) {
    const float value = __shfl_xor_sync(whole_warp, own.value, distance);
    const int place = __shfl_xor_sync(whole_warp, own.place, distance);
    own = better(own, {value, place});
  }
  return own;
}

// To every thread that shares the line.
template <class Line, class T>
__device__ __forceinline__ int place_of_largest(const Line& line, const T* numbers) {
  Candidate best{-INFINITY, line.extent};  // Loses to every number, to -infinity by its place.
  line.each([&](int k, std::int64_t at) { best = better(best, {load(numbers, at), k}); });
  return best_of_line(line, best).place;
}

}  // namespace kernels::cuda
