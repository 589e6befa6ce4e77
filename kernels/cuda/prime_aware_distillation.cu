// SPDX-License-Identifier: Apache-2.0
// One pass over the three operands in each direction, in 128-bit accesses.
#include "kernels/cuda/term_sum.cuh"
#include "kernels/prime_aware_distillation.h"

namespace kernels::cuda {

namespace {

template <class T>
struct PrimeAwareTerms {
  const T *student, *teacher, *log_variance;
  std::int64_t count;
  bool aligned;

  __device__ double operator()(std::int64_t item) const {
    float s[vector_width<T>], t[vector_width<T>], v[vector_width<T>];
    load_item(student, item, count, aligned, s);
    load_item(teacher, item, count, aligned, t);
    load_item(log_variance, item, count, aligned, v);
    double sum = 0;
#pragma unroll
    for (int i = 0; i < vector_width<T>; ++i)  // Beyond the end: 0.
      sum += static_cast<double>((s[i] - t[i]) * (s[i] - t[i]) * expf(-v[i]) + v[i]);
    return sum;
  }
};

template <class T>
__global__ void __launch_bounds__(elementwise_threads)
    prime_aware_gradient(PrimeAwareTerms<T> in, const float* dloss, T* dstudent, T* dlog_variance, bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t item = std::int64_t{blockIdx.x} * elementwise_threads + threadIdx.x;
  if (item * width >= in.count) return;
  const float factor = dloss[0] / static_cast<float>(in.count);
  float s[width], t[width], v[width];
  load_item(in.student, item, in.count, in.aligned, s);
  load_item(in.teacher, item, in.count, in.aligned, t);
  load_item(in.log_variance, item, in.count, in.aligned, v);
#pragma unroll
  for (int i = 0; i < width; ++i) {
    const float d = s[i] - t[i], scaled = d * expf(-v[i]);
    s[i] = factor * 2.0f * scaled;
    v[i] = factor * (1.0f - d * scaled);
  }
  store_item(dstudent, item, in.count, aligned, s);
  store_item(dlog_variance, item, in.count, aligned, v);
}

template <class T>
PrimeAwareTerms<T> terms_of(const PrimeAwareInputs& in) {
  const auto *s = in.student.as<T>(), *t = in.teacher.as<T>(), *v = in.log_variance.as<T>();
  return {s, t, v, in.student.elements(), all_aligned(s, t, v)};
}

}  // namespace

void prime_aware_distillation_forward(Queue& queue, const PrimeAwareInputs& in, View loss) {
  visit_dtype<float, bf16>(in.student.dtype, "prime_aware_distillation", [&]<class T>() {
    const std::int64_t count = in.student.elements();
    sum_terms(queue, "prime_aware_distillation_forward", terms_of<T>(in), chunks_of<T>(count),
              1 / static_cast<double>(count), loss.as<float>());
  });
}

void prime_aware_distillation_grad(Queue& queue, const PrimeAwareInputs& in, ConstView dloss,
                                   const PrimeAwareGradients& out) {
  visit_dtype<float, bf16>(in.student.dtype, "prime_aware_distillation", [&]<class T>() {
    auto *dstudent = out.dstudent.as<T>(), *dlog_variance = out.dlog_variance.as<T>();
    launch(queue, elementwise_grid("prime_aware_distillation_grad", in.student.elements(), vector_width<T>),
           prime_aware_gradient<T>, terms_of<T>(in), dloss.as<float>(), dstudent, dlog_variance,
           all_aligned(dstudent, dlog_variance));
  });
}

}  // namespace kernels::cuda
