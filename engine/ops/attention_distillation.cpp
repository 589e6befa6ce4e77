// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/attention_distillation.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

// What the op keeps for its gradient.
struct Maps {
  Tensor student, teacher, norm;
  kernels::AttentionMaps views() const { return {student.mutable_view(), teacher.mutable_view(), norm.mutable_view()}; }
};

}  // namespace

Tensor attention_distillation(const Tensor& student, const Tensor& teacher) {
  const char* op = "attention_distillation";
  require_rank(op, "student", student, 4);
  require_rank(op, "teacher", teacher, 4);
  const Shape& shape = student.shape();
  require_shape(op, "teacher", teacher, {shape.n(), teacher.shape().c(), shape.h(), shape.w()});
  require_same_queue(op, {student, teacher});
  const auto& queue = student.shared_queue();
  const DType master = master_dtype(*queue);
  const Shape map{shape.n(), shape.h() * shape.w()};
  const Maps maps{empty(map, master, queue), empty(map, master, queue), empty({shape.n()}, master, queue)};
  const Tensor loss = empty(Shape{}, master, queue);
  kernels::attention_distillation_forward(*queue, student, teacher, loss.mutable_view(), maps.views());
  return record(op, loss, {student}, [=, s = Saved(op, student)](const Tensor& dloss, Needs) -> Gradients {
    const Tensor dstudent = empty(s.get().shape(), s);
    kernels::attention_distillation_grad(dloss.queue(), s, maps.views(), dloss, dstudent.mutable_view());
    return {dstudent};
  });
}

}  // namespace engine
