// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/confusion_matrix.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

constexpr const char* op = "confusion_matrix";

void require_dtype(const char* what, const Tensor& tensor, DType dtype) {
  if (tensor.dtype() != dtype)
    throw kernels::DTypeError("{}: expected {} in {}, got {}", op, what, kernels::name_of(dtype),
                              kernels::name_of(tensor.dtype()));
}

}  // namespace

ConfusionTotals confusion_totals(int matrices, int classes, const std::shared_ptr<Queue>& queue) {
  if (matrices < 1 || classes < 1 || classes > 256)
    throw kernels::ShapeError("{}: expected at least 1 matrix of 1 to 256 classes, got {} of {}", op, matrices,
                              classes);
  const std::int64_t none[] = {kernels::no_refusal};
  return {zeros({matrices, classes, classes}, DType::i64, queue),
          from_host(std::span<const std::int64_t>(none), {1}, DType::i64, queue)};
}

Tensor confusion_matrix(const Tensor& logits, const Tensor& labels, const Tensor& matrix_of_image,
                        const ConfusionTotals& totals, const ConfusionMatrixOptions& options, PredictionMap map) {
  require_same_queue(op, {logits, labels, matrix_of_image, totals.counts, totals.refused});
  require_rank(op, "logits", logits, 4);
  require_rank(op, "labels", labels, 3);
  const Shape& shape = logits.shape();
  if (labels.shape()[0] != shape.n() || labels.shape()[1] > shape.h() || labels.shape()[2] > shape.w())
    throw kernels::ShapeError("{}: expected labels of the {} images and at most {}x{} pixels of the logits, got {}", op,
                              shape.n(), shape.h(), shape.w(), labels.shape());
  require_shape(op, "matrix_of_image", matrix_of_image, {shape.n()});
  require_shape(op, "counts", totals.counts, {totals.counts.shape()[0], shape.c(), shape.c()});
  require_dtype("labels", labels, DType::u8);
  require_dtype("matrix_of_image", matrix_of_image, DType::i32);
  const Tensor prediction =
      map == PredictionMap::wanted ? empty(labels.shape(), DType::u8, logits.shared_queue()) : Tensor();
  const kernels::ConfusionMatrixInputs in{logits, labels, matrix_of_image};
  const kernels::ConfusionMatrixTotals to{totals.counts.mutable_view(), totals.refused.mutable_view()};
  kernels::confusion_matrix(logits.queue(), options, in, to, prediction ? prediction.mutable_view() : View{});
  return prediction;
}

std::optional<kernels::RefusedLabel> refused_label(const ConfusionTotals& totals) {
  const std::int64_t refusal = download_integers(totals.refused)[0];
  if (refusal == kernels::no_refusal) return {};
  return kernels::from_refusal(refusal);
}

}  // namespace engine
