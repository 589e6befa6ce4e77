// SPDX-License-Identifier: Apache-2.0
// One pass over the three operands in each direction.
#include "kernels/prime_aware_distillation.h"

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/term_sum.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

void prime_aware_distillation_forward(Queue& queue, const PrimeAwareInputs& in, View loss) {
  visit_dtype<float, bf16>(in.student.dtype, "prime_aware_distillation", [&]<class T>() {
    const auto *student = in.student.as<T>(), *teacher = in.teacher.as<T>(), *log_variance = in.log_variance.as<T>();
    const std::int64_t count = in.student.elements();
    const double sum = sum_of_chunks(queue, count, term_chunk, [=](std::int64_t begin, std::int64_t end) {
      return sum_of_terms(begin, end, [=](std::int64_t i) {
        const float d = load(student, i) - load(teacher, i), v = load(log_variance, i);
        return d * d * exponential(-v) + v;
      });
    });
    loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(count));
  });
}

void prime_aware_distillation_grad(Queue& queue, const PrimeAwareInputs& in, ConstView dloss,
                                   const PrimeAwareGradients& out) {
  visit_dtype<float, bf16>(in.student.dtype, "prime_aware_distillation", [&]<class T>() {
    const auto *student = in.student.as<T>(), *teacher = in.teacher.as<T>(), *log_variance = in.log_variance.as<T>();
    auto *dstudent = out.dstudent.as<T>(), *dlog_variance = out.dlog_variance.as<T>();
    const std::int64_t count = in.student.elements();
    const float factor = dloss.as<float>()[0] / static_cast<float>(count);
    parallel_for(queue, count, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const float d = load(student, i) - load(teacher, i), scaled = d * exponential(-load(log_variance, i));
        store(dstudent, i, factor * 2.0f * scaled);
        store(dlog_variance, i, factor * (1.0f - d * scaled));
      }
    });
  });
}

}  // namespace kernels::cpu
