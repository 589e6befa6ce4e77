// SPDX-License-Identifier: Apache-2.0
// One pass over both operands in each direction, in 128-bit accesses.
#include "kernels/cuda/term_sum.cuh"
#include "kernels/mean_squared_error.h"

namespace kernels::cuda {

namespace {

template <class T>
struct SquaredDifferences {
  const T *x, *target;
  std::int64_t count;
  bool aligned;

  __device__ double operator()(std::int64_t item) const {
    float a[vector_width<T>], b[vector_width<T>];
    load_item(x, item, count, aligned, a);
    load_item(target, item, count, aligned, b);
    double sum = 0;
#pragma unroll
    for (int i = 0; i < vector_width<T>; ++i) sum += static_cast<double>((a[i] - b[i]) * (a[i] - b[i]));
    return sum;
  }
};

struct SquaredDifferenceGradient {
  const float* dloss;
  float scale;
  __device__ float operator()(float x, float target) const { return dloss[0] * scale * (x - target); }
};

}  // namespace

void mean_squared_error_forward(Queue& queue, ConstView x, ConstView target, View loss) {
  visit_dtype<float, bf16>(x.dtype, "mean_squared_error", [&]<class T>() {
    const auto *a = x.as<T>(), *b = target.as<T>();
    const SquaredDifferences<T> terms{a, b, x.elements(), all_aligned(a, b)};
    sum_terms(queue, "mean_squared_error_forward", terms, chunks_of<T>(x.elements()),
              1 / static_cast<double>(x.elements()), loss.as<float>());
  });
}

void mean_squared_error_grad(Queue& queue, ConstView x, ConstView target, ConstView dloss, View dx) {
  visit_dtype<float, bf16>(x.dtype, "mean_squared_error", [&]<class T>() {
    const SquaredDifferenceGradient gradient{dloss.as<float>(), 2 / static_cast<float>(x.elements())};
    launch_map(queue, "mean_squared_error_grad", gradient, x.as<T>(), target.as<T>(), dx.as<T>(), x.elements());
  });
}

}  // namespace kernels::cuda
