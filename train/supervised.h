// SPDX-License-Identifier: Apache-2.0
// Supervised RGB-thermal segmentation: mean cross entropy over all pixels. MFNet's and RTFNet's published
// programs: SGD, learning rate 0.01 * 0.95^epoch, momentum 0.9, weight decay 5e-4 on every parameter.
#pragma once

#include <memory>

#include "train/network.h"
#include "train/recipe.h"

namespace train {

class Supervised final : public Recipe {
 public:
  Supervised(const RecipeOptions& options, const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed);

  engine::nn::ParameterStore& state() override { return network_->store; }
  std::vector<engine::Optimizer*> optimizers() override { return {optimizer_.get()}; }
  const models::SegmentationModel& model() const override { return *network_->model; }
  Losses differentiate(const Batch& batch, const StepContext& context) override;

  // The loss alone, for validation.
  engine::Tensor loss(const engine::Tensor& logits, const engine::Tensor& labels) const;

 private:
  engine::Tensor forward(const Batch& batch, const StepContext& context) const;

  RecipeOptions options_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<engine::Optimizer> optimizer_;
  engine::Tensor class_weights_;
};

}  // namespace train
