// SPDX-License-Identifier: Apache-2.0
#include "train/cekd_student.h"

#include "engine/autograd.h"
#include "engine/formats/weight_file.h"
#include "engine/nn/weights.h"
#include "engine/ops/attention_distillation.h"
#include "engine/ops/cross_entropy.h"
#include "engine/ops/distillation_cross_entropy.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/mean_squared_error.h"
#include "engine/ops/pairwise_similarity.h"
#include "engine/ops/prime_aware_distillation.h"
#include "engine/ops/pseudo_label_cross_entropy.h"
#include "kernels/error.h"
#include "kernels/range.h"

namespace train {

using engine::Tensor;
using kernels::UsageError;
using Similarity = CekdStudentOptions::Similarity;
using Strategy = CekdStudentOptions::Strategy;

namespace {

// Names with a slash are no part of the network that a checkpoint describes.
const std::string prime_aware = "prime_aware/";

}  // namespace

CekdStudent::CekdStudent(const RecipeOptions& options, const CekdStudentOptions& how,
                         const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed)
    : options_(options),
      how_(how),
      network_(open_network(options.model, options.network, queue, seed)),
      eknet_(dynamic_cast<const models::EKNet*>(network_->model.get())),
      class_weights_(class_weights_on(queue, options)) {
  if (models::spectra_of(options.model) != models::Spectra::thermal)
    throw UsageError("--recipe cekd_student: expected a network that sees the thermal image alone, got --model {}",
                     options.model);
  if (how.strategy != Strategy::supervised) {
    if (how.similarity == Similarity::none && !how.soft_labels && !how.hint && !how.pseudo_labels)
      throw UsageError("--recipe cekd_student: all of sim, kdce, hint and seg are off: nothing is left to learn from");
    if (eknet_ == nullptr && (how.similarity != Similarity::none || how.hint))
      throw UsageError(
          "--recipe cekd_student: {} has no features to compare with a teacher's: --set sim=none hint=0, or "
          "strategy=A",
          options.model);
    const bool both = how.strategy == Strategy::rgb_thermal_teacher;
    using Without = RecipeOptions::WithoutTeacher;
    if (options.without_teacher != Without::absent || !options.teacher.empty())
      teacher_.emplace(Teacher::Options{.weights = options.teacher,
                                        .model = both ? "cenet" : "cenet_thermal",
                                        .network = options.network,
                                        .random = options.without_teacher == Without::random},
                       queue);
    if (how.similarity == Similarity::prime_aware) {
      const engine::nn::Scope at = network_->store.root() / (prime_aware + "variance");
      const int channels = eknet_->deepest_channels();
      variance_.emplace(VarianceHead{{at / "conv", {.in = channels, .out = channels}}, {at / "bn", channels}});
    }
  } else if (!options.teacher.empty()) {
    throw UsageError("--teacher {}: strategy A has no teacher", options.teacher.string());
  }
  optimizer_ = make_optimizer(options.optimizer, network_->store.parameters());
}

void CekdStudent::initialise(const std::filesystem::path& weights) {
  engine::nn::load_weights(network_->store, engine::open_weight_file(weights), "", prime_aware);
}

models::EKNetOutputs CekdStudent::forward(const models::Inputs& in, engine::nn::Mode mode) const {
  models::EKNetOutputs out;
  if (eknet_)
    out = eknet_->forward(in, mode);
  else
    out.logits = (*network_->model)(in, mode);
  in.feature("logits", out.logits);
  return out;
}

Tensor CekdStudent::similarity(const Tensor& student, const Tensor& teacher, engine::nn::Mode mode) const {
  if (how_.similarity == Similarity::pairwise) return engine::pairwise_similarity(student, teacher);
  if (how_.similarity == Similarity::attention) return engine::attention_distillation(student, teacher);
  return engine::prime_aware_distillation(student, teacher, variance_->norm(variance_->convolution(student), mode));
}

Losses CekdStudent::terms(const Batch& batch, const StepContext& context) const {
  const kernels::Range range(*network_->store.queue(), {.name = "forward"});
  const models::Inputs in{batch.rgb, batch.thermal, context.listener};
  if (!teacher_) {
    const Tensor logits = forward(in, context.mode).logits;
    return {{"seg",
             engine::cross_entropy(logits, batch.labels, class_weights_, {.ignored_label = options_.ignored_label})}};
  }
  const models::CENetOutputs teacher = (*teacher_)(in);
  const models::EKNetOutputs student = forward(in, context.mode);
  Losses losses;
  if (how_.similarity != Similarity::none)
    losses.emplace_back("sim", similarity(student.deepest, teacher.deepest, context.mode));
  if (how_.soft_labels)
    losses.emplace_back(
        "kdce", engine::distillation_cross_entropy(student.logits, teacher.logits, {.temperature = how_.temperature}));
  if (how_.hint) losses.emplace_back("edge", engine::mean_squared_error(student.hint, teacher.hint));
  if (how_.pseudo_labels) {
    const engine::PseudoLabelLoss seg =
        engine::pseudo_label_cross_entropy(student.logits, teacher.logits, class_weights_);
    in.feature("pseudo_label", seg.labels);
    losses.emplace_back("seg", seg.loss);
  }
  return losses;
}

Losses CekdStudent::differentiate(const Batch& batch, const StepContext& context) {
  Losses losses = terms(batch, context);
  Tensor total = losses[0].second;
  for (std::size_t i = 1; i < losses.size(); ++i) total = engine::add(total, losses[i].second);
  engine::backward(total, context.scale);
  losses.emplace_back("total", total);
  for (auto& [name, loss] : losses) loss = loss.detach();
  return losses;
}

}  // namespace train
