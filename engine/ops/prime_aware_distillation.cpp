// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/prime_aware_distillation.h"

#include "engine/ops/common.h"

namespace engine {

Tensor prime_aware_distillation(const Tensor& student, const Tensor& teacher, const Tensor& log_variance) {
  const char* op = "prime_aware_distillation";
  require_shape(op, "teacher", teacher, student.shape());
  require_shape(op, "log_variance", log_variance, student.shape());
  require_same_queue(op, {student, teacher, log_variance});
  require_same_dtype(op, {student, teacher, log_variance});
  const Tensor loss = empty(Shape{}, master_dtype(student.queue()), student.shared_queue());
  kernels::prime_aware_distillation_forward(student.queue(), kernels::PrimeAwareInputs{student, teacher, log_variance},
                                            loss.mutable_view());
  return record(op, loss, {student, log_variance},
                [s = Saved(op, student), t = Saved(op, teacher), v = Saved(op, log_variance)](const Tensor& dloss,
                                                                                              Needs) -> Gradients {
                  const Tensor dstudent = empty(s.get().shape(), s), dlog_variance = empty(s.get().shape(), s);
                  kernels::prime_aware_distillation_grad(
                      dloss.queue(), kernels::PrimeAwareInputs{s, t, v}, dloss,
                      kernels::PrimeAwareGradients{dstudent.mutable_view(), dlog_variance.mutable_view()});
                  return {dstudent, dlog_variance};
                });
}

}  // namespace engine
