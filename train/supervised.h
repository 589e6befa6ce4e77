// SPDX-License-Identifier: Apache-2.0
// Supervised RGB-thermal segmentation: mean cross entropy over all pixels. The defaults are those of MFNet's and
// RTFNet's published programs: SGD, learning rate 0.01 * 0.95^epoch, momentum 0.9, weight decay 5e-4 on every
// parameter.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "train/network.h"
#include "train/recipe.h"

namespace train {

struct OptimizerChoice {
  std::string name = "sgd";  // sgd, adam, adamw or rmsprop.
  double rate = 0.01, momentum = 0.9, weight_decay = 5e-4;
};

struct SupervisedOptions {
  std::string model = "mfnet";
  models::ModelOptions network = {};
  OptimizerChoice optimizer = {};
  std::vector<double> class_weights = {};  // None: all 1.
  std::optional<int> ignored_label = {};
};

class Supervised final : public Recipe {
 public:
  Supervised(const SupervisedOptions& options, const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed);

  engine::nn::ParameterStore& state() override { return network_->store; }
  std::vector<engine::Optimizer*> optimizers() override { return {optimizer_.get()}; }
  const models::SegmentationModel& model() const override { return *network_->model; }
  Losses differentiate(const Batch& batch, const StepContext& context) override;

  // The loss alone, for validation.
  engine::Tensor loss(const engine::Tensor& logits, const engine::Tensor& labels) const;

 private:
  SupervisedOptions options_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<engine::Optimizer> optimizer_;
  engine::Tensor class_weights_;
};

// Throws UsageError for an unknown optimizer.
std::unique_ptr<engine::Optimizer> make_optimizer(const OptimizerChoice& choice,
                                                  std::vector<engine::NamedTensor> parameters);

}  // namespace train
