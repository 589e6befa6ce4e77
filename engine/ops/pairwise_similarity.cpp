// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pairwise_similarity.h"

#include "engine/ops/common.h"

namespace engine {

Tensor pairwise_similarity(const Tensor& student, const Tensor& teacher) {
  const char* op = "pairwise_similarity";
  require_rank(op, "student", student, 4);
  require_rank(op, "teacher", teacher, 4);
  const Shape& shape = student.shape();
  require_shape(op, "teacher", teacher, {shape.n(), teacher.shape().c(), shape.h(), shape.w()});
  require_same_queue(op, {student, teacher});
  const auto& queue = student.shared_queue();
  const DType master = master_dtype(*queue);
  const std::int64_t pixels = shape.h() * shape.w();
  const bool differentiated = needs_gradient({student});
  const Tensor difference = differentiated ? empty({shape.n(), pixels, pixels}, master, queue) : Tensor{};
  const Tensor inverse_norm = differentiated ? empty({shape.n(), pixels}, master, queue) : Tensor{};
  const Tensor loss = empty(Shape{}, master, queue);
  const auto saved_views = [](const Tensor& d, const Tensor& i) -> kernels::SimilaritySaved {
    return d ? kernels::SimilaritySaved{d.mutable_view(), i.mutable_view()} : kernels::SimilaritySaved{};
  };
  kernels::pairwise_similarity_forward(*queue, student, teacher, loss.mutable_view(),
                                       saved_views(difference, inverse_norm));
  return record(op, loss, {student}, [=, s = Saved(op, student)](const Tensor& dloss, Needs) -> Gradients {
    const Tensor dstudent = empty(s.get().shape(), s);
    kernels::pairwise_similarity_grad(dloss.queue(), s, saved_views(difference, inverse_norm), dloss,
                                      dstudent.mutable_view());
    return {dstudent};
  });
}

}  // namespace engine
