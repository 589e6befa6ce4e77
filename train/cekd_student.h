// SPDX-License-Identifier: Apache-2.0
// CEKD's student (Feng, Guo and Sun, RA-L 2023): EKNet, which sees the thermal image alone, learns from a frozen
// teacher and from no label,
//   L_s = L_sim(f5) + L_kdce(logits at temperature T) + L_e(hints) + cross entropy(logits, the teacher's classes)
// of equations 4 and 5.
// Each term can be left out, and L_sim replaced, as the letter's ablation does. Strategy A is supervised training of
// the student, B has a teacher that sees the thermal image alone, C one that sees both. SGD as in RTFNet.
#pragma once

#include <memory>
#include <optional>

#include "engine/nn/batch_norm.h"
#include "engine/nn/conv2d.h"
#include "models/eknet.h"
#include "train/network.h"
#include "train/recipe.h"
#include "train/teacher.h"

namespace train {

struct CekdStudentOptions {
  enum class Strategy { supervised, thermal_teacher, rgb_thermal_teacher };
  enum class Similarity { none, pairwise, attention, prime_aware };
  Strategy strategy = Strategy::rgb_thermal_teacher;
  Similarity similarity = Similarity::pairwise;
  double temperature = 6;
  bool soft_labels = true, hint = true, pseudo_labels = true;
};

class CekdStudent final : public Recipe {
 public:
  // Throws UsageError where nothing is left to learn from, or features are to be compared of a network that is neither
  // eknet nor kdnet; and what Teacher throws.
  CekdStudent(const RecipeOptions& options, const CekdStudentOptions& how, const std::shared_ptr<kernels::Queue>& queue,
              std::uint64_t seed);

  engine::nn::ParameterStore& state() override { return network_->store; }
  std::vector<engine::Optimizer*> optimizers() override { return {optimizer_.get()}; }
  const models::SegmentationModel& model() const override { return *network_->model; }
  bool uses_labels() const override { return !teacher_; }
  // What prime-aware distillation learns besides may be missing.
  void initialise(const std::filesystem::path& weights) override;
  // Terms: sim, kdce, edge, seg, as far as they are there, total. The listener gets pseudo_label, and what the teacher
  // finds as teacher.NAME.
  Losses differentiate(const Batch& batch, const StepContext& context) override;

 private:
  // What the ablation's prime-aware distillation learns beside the student: the variance of every number of f5.
  struct VarianceHead {
    engine::nn::Conv2d convolution;
    engine::nn::BatchNorm2d norm;
  };

  models::EKNetOutputs forward(const models::Inputs& in, engine::nn::Mode mode) const;
  engine::Tensor similarity(const engine::Tensor& student, const engine::Tensor& teacher, engine::nn::Mode mode) const;
  Losses terms(const Batch& batch, const StepContext& context) const;

  RecipeOptions options_;
  CekdStudentOptions how_;
  std::unique_ptr<Network> network_;
  const models::EKNet* eknet_;  // Null for another network, which has logits alone.
  std::optional<Teacher> teacher_;
  std::optional<VarianceHead> variance_;
  std::unique_ptr<engine::Optimizer> optimizer_;
  engine::Tensor class_weights_;
};

}  // namespace train
