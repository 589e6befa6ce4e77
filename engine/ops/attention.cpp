// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/attention.h"

#include "engine/ops/common.h"

namespace engine {

Tensor attention(const Tensor& qkv, const Tensor& height, const Tensor& width, const AttentionOptions& options) {
  const char* op = "attention";
  require_rank(op, "qkv", qkv, 4);
  require_same_queue(op, {qkv, height, width});
  require_master_dtype(op, "height", height);
  require_master_dtype(op, "width", width);
  const auto geometry = kernels::attention_geometry(qkv.shape(), height.shape(), width.shape(), options);
  const Tensor y = empty(geometry.y(), qkv);
  const Tensor log_sums = needs_gradient({qkv, height, width}) ? empty(geometry.log_sums(), height) : Tensor{};
  kernels::attention_forward(qkv.queue(), options, qkv, kernels::PositionEmbeddings{height, width},
                             log_sums.mutable_view(), y.mutable_view());
  return record(op, y, {qkv, height, width},
                [=, saved_qkv = Saved(op, qkv), sums = Saved(op, log_sums), saved_height = Saved(op, height),
                 saved_width = Saved(op, width)](const Tensor& dy, Needs needs) -> Gradients {
                  const Tensor dqkv = empty(saved_qkv.get().shape(), dy);
                  const Tensor dheight = needs[1] ? empty(saved_height.get().shape(), saved_height) : Tensor{};
                  const Tensor dwidth = needs[2] ? empty(saved_width.get().shape(), saved_width) : Tensor{};
                  kernels::attention_grad(
                      dy.queue(), options, dy, kernels::AttentionSaved{saved_qkv, sums, {saved_height, saved_width}},
                      kernels::AttentionGradients{dqkv.mutable_view(), dheight.mutable_view(), dwidth.mutable_view()});
                  return {dqkv, dheight, dwidth};
                });
}

}  // namespace engine
