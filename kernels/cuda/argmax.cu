// SPDX-License-Identifier: Apache-2.0
#include "kernels/argmax.h"
#include "kernels/cuda/lines.cuh"

namespace kernels::cuda {

namespace {

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

template <LinesBy by, class T>
__global__ void __launch_bounds__(line_threads)
    argmax_lines(LineShape shape, const T* x, std::int64_t* y, bool aligned) {
  const T* none = nullptr;
  T* no_result = nullptr;
  for_lines<by>(shape, blockIdx.x, x, none, no_result, aligned,
                [=](const auto& line, std::int64_t number, const T* numbers, const T*, T*) {
                  Candidate best{-INFINITY, line.extent};  // Loses to every number, to -infinity by its place.
                  line.each([&](int k, std::int64_t at) { best = better(best, {load(numbers, at), k}); });
                  best = best_of_line(line, best);
                  if (line.leads()) y[number] = best.place;
                });
}

}  // namespace

void argmax(Queue& queue, int axis, ConstView x, View y) {
  const LineShape shape = line_shape(x.shape, axis);
  visit_dtype<float, bf16>(x.dtype, "argmax", [&]<class T>() {
    visit_lines_by(shape, [&]<LinesBy by>() {
      launch(queue, line_grid<T>("argmax", shape, by, 1), argmax_lines<by, T>, shape, x.as<T>(), y.as<std::int64_t>(),
             all_aligned(x.as<T>()));
    });
  });
}

}  // namespace kernels::cuda
