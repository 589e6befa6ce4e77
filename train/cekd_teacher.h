// SPDX-License-Identifier: Apache-2.0
// CEKD's teacher (Feng, Guo and Sun, "CEKD: cross-modal edge-privileged knowledge distillation for semantic scene
// understanding using only thermal images", RA-L 2023): CENet learns classes and edges together,
//   L_t = cross entropy(logits, labels) + class-balanced loss(edge map, edges of the labels at its size)   (1) to (3)
// The published program does so from the first step. The letter takes two phases: `first` trains CENet without its edge
// module on the cross entropy alone, `second` begins with those weights and a fresh edge module. SGD as in RTFNet.
#pragma once

#include <memory>

#include "engine/ops/edge_loss.h"
#include "models/cenet.h"
#include "train/network.h"
#include "train/recipe.h"

namespace train {

struct CekdTeacherOptions {
  engine::EdgeLossForm form = engine::EdgeLossForm::code;
  enum class Phase { only, first, second } phase = Phase::only;
};

class CekdTeacher final : public Recipe {
 public:
  CekdTeacher(const RecipeOptions& options, const CekdTeacherOptions& how, const std::shared_ptr<kernels::Queue>& queue,
              std::uint64_t seed);

  engine::nn::ParameterStore& state() override { return network_->store; }
  std::vector<engine::Optimizer*> optimizers() override { return {optimizer_.get()}; }
  const models::SegmentationModel& model() const override { return *network_->model; }
  std::optional<datasets::labels::EdgeOptions> edges() const override;
  // In the second phase the weights may lack the edge module's.
  void initialise(const std::filesystem::path& weights) override;
  // Terms: seg, edge (where there is an edge module), total.
  Losses differentiate(const Batch& batch, const StepContext& context) override;

 private:
  RecipeOptions options_;
  CekdTeacherOptions how_;
  std::unique_ptr<Network> network_;
  const models::CENet& cenet_;
  std::unique_ptr<engine::Optimizer> optimizer_;
  engine::Tensor class_weights_;
};

}  // namespace train
