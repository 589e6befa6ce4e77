// SPDX-License-Identifier: Apache-2.0
// Prime-aware adaptive distillation by its formula.
#include "kernels/prime_aware_distillation.h"

#include <cmath>

namespace kernels::reference {

void prime_aware_distillation_forward(Queue&, const PrimeAwareInputs& in, View loss) {
  const auto *student = in.student.as<double>(), *teacher = in.teacher.as<double>(),
             *log_variance = in.log_variance.as<double>();
  double sum = 0;
  for (std::int64_t i = 0; i < in.student.elements(); ++i) {
    const double d = student[i] - teacher[i];
    sum += d * d * std::exp(-log_variance[i]) + log_variance[i];
  }
  loss.as<double>()[0] = sum / static_cast<double>(in.student.elements());
}

void prime_aware_distillation_grad(Queue&, const PrimeAwareInputs& in, ConstView dloss,
                                   const PrimeAwareGradients& out) {
  const auto *student = in.student.as<double>(), *teacher = in.teacher.as<double>(),
             *log_variance = in.log_variance.as<double>();
  auto *dstudent = out.dstudent.as<double>(), *dlog_variance = out.dlog_variance.as<double>();
  const double factor = dloss.as<double>()[0] / static_cast<double>(in.student.elements());
  for (std::int64_t i = 0; i < in.student.elements(); ++i) {
    const double d = student[i] - teacher[i], precision = std::exp(-log_variance[i]);
    dstudent[i] = factor * 2 * d * precision;
    dlog_variance[i] = factor * (1 - d * d * precision);
  }
}

}  // namespace kernels::reference
