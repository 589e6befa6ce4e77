// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/distillation_cross_entropy.h"

#include "engine/ops/common.h"

namespace engine {

Tensor distillation_cross_entropy(const Tensor& student, const Tensor& teacher,
                                  const DistillationCrossEntropyOptions& options) {
  const char* op = "distillation_cross_entropy";
  require_rank(op, "student", student, 4);
  require_shape(op, "teacher", teacher, student.shape());
  require_same_queue(op, {student, teacher});
  require_same_dtype(op, {student, teacher});
  if (!(options.temperature > 0))
    throw kernels::UsageError("{}: temperature must be positive, got {}", op, options.temperature);
  const Tensor loss = empty(Shape{}, master_dtype(student.queue()), student.shared_queue());
  kernels::distillation_cross_entropy_forward(student.queue(), options, student, teacher, loss.mutable_view());
  return record(op, loss, {student},
                [=, s = Saved(op, student), t = Saved(op, teacher)](const Tensor& dloss, Needs) -> Gradients {
                  const Tensor dstudent = empty(s.get().shape(), s);
                  kernels::distillation_cross_entropy_grad(dloss.queue(), options, s, t, dloss,
                                                           dstudent.mutable_view());
                  return {dstudent};
                });
}

}  // namespace engine
