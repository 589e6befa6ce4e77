// SPDX-License-Identifier: Apache-2.0
#include "train/cekd_teacher.h"

#include "engine/autograd.h"
#include "engine/formats/weight_file.h"
#include "engine/nn/weights.h"
#include "engine/ops/cross_entropy.h"
#include "engine/ops/elementwise_binary.h"
#include "kernels/error.h"
#include "kernels/range.h"
#include "train/teacher.h"

namespace train {

using engine::Tensor;

CekdTeacher::CekdTeacher(const RecipeOptions& options, const CekdTeacherOptions& how,
                         const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed)
    : options_(options),
      how_(how),
      network_(open_network(options.model, options.network, queue, seed)),
      cenet_(cenet_of(*network_, "cekd_teacher")),
      optimizer_(make_optimizer(options.optimizer, network_->store.parameters())),
      class_weights_(class_weights_on(queue, options)) {
  if (how.phase == CekdTeacherOptions::Phase::second && !cenet_.has_edge_module())
    throw kernels::UsageError("--set phase=second: trains the edge module, which position NED is without");
}

std::optional<datasets::labels::EdgeOptions> CekdTeacher::edges() const {
  if (!cenet_.has_edge_module()) return {};
  return datasets::labels::EdgeOptions{.reduction = cenet_.edge_scale()};
}

void CekdTeacher::initialise(const std::filesystem::path& weights) {
  const bool later = how_.phase == CekdTeacherOptions::Phase::second;
  engine::nn::load_weights(network_->store, engine::open_weight_file(weights), "", later ? "edge." : "");
}

Losses CekdTeacher::differentiate(const Batch& batch, const StepContext& context) {
  Tensor seg, edge, total;
  {
    const kernels::Range range(*network_->store.queue(), {.name = "forward"});
    const models::Inputs in{batch.rgb, batch.thermal, context.listener};
    const models::CENetOutputs out = cenet_.forward(in, context.mode);
    in.feature("logits", out.logits);
    seg = engine::cross_entropy(out.logits, batch.labels, class_weights_, {.ignored_label = options_.ignored_label});
    if (out.edge) {
      if (!batch.edges) throw kernels::DataError("cekd_teacher: needs edges of the labels in every batch");
      edge = engine::edge_loss(out.edge, batch.edges, {how_.form});
    }
    total = edge ? engine::add(seg, edge) : seg;
  }
  engine::backward(total, context.scale);
  Losses losses{{"seg", seg.detach()}};
  if (edge) losses.emplace_back("edge", edge.detach());
  losses.emplace_back("total", total.detach());
  return losses;
}

}  // namespace train
