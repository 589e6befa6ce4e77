// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/edge_loss.h"

#include "engine/ops/common.h"

namespace engine {

Tensor edge_loss(const Tensor& prediction, const Tensor& edges, const EdgeLossOptions& options) {
  const char* op = "edge_loss";
  require_rank(op, "prediction", prediction, 4);
  const Shape& shape = prediction.shape();
  require_shape(op, "prediction", prediction, {shape.n(), 1, shape.h(), shape.w()});
  require_shape(op, "edges", edges, {shape.n(), shape.h(), shape.w()});
  if (edges.dtype() != DType::u8) throw kernels::DTypeError("{}: edges must be u8, got {}", op, name_of(edges.dtype()));
  require_same_queue(op, {prediction, edges});
  const DType master = master_dtype(prediction.queue());
  const Tensor share = empty({shape.n()}, master, prediction.shared_queue());
  const Tensor loss = empty(Shape{}, master, prediction.shared_queue());
  kernels::edge_loss_forward(prediction.queue(), options, kernels::EdgeLossInputs{prediction, edges},
                             share.mutable_view(), loss.mutable_view());
  return record(op, loss, {prediction},
                [=, p = Saved(op, prediction), y = Saved(op, edges), saved_share = Saved(op, share)](
                    const Tensor& dloss, Needs) -> Gradients {
                  const Tensor dprediction = empty(p.get().shape(), p);
                  kernels::edge_loss_grad(dloss.queue(), options, kernels::EdgeLossInputs{p, y}, saved_share, dloss,
                                          dprediction.mutable_view());
                  return {dprediction};
                });
}

}  // namespace engine
