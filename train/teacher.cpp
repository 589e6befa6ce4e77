// SPDX-License-Identifier: Apache-2.0
#include "train/teacher.h"

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/formats/weight_file.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "kernels/packed_weights.h"
#include "train/model_card.h"

namespace train {

namespace {

using kernels::UsageError;

// What a checkpoint of train says about its network; nothing for a plain weight file.
std::optional<ModelCard> card_of(const std::filesystem::path& weights) {
  if (engine::is_pth(weights)) return {};
  const auto file = engine::SafetensorsFile::open(weights);
  if (!engine::is_checkpoint(file)) return {};
  const nlohmann::json configuration = engine::Checkpoint::open(weights).facts().configuration;
  if (!configuration.contains("network")) return {};
  return model_card_from_json(configuration.at("network"), weights.string());
}

// The class channels of a CENet's state, from the batch norm behind its last layer.
std::optional<std::int64_t> classes_of(const engine::TensorFile& file) {
  const auto* last = file.find("deconv1.1.bn3.weight");
  if (last == nullptr || last->shape.size() != 1) return {};
  return last->shape[0];
}

}  // namespace

const models::CENet& cenet_of(const Network& network, const std::string& recipe) {
  const auto* cenet = dynamic_cast<const models::CENet*>(network.model.get());
  if (cenet == nullptr)
    throw UsageError("--recipe {}: expected cenet, or cenet with _thermal, _rgb or _4channel, got --model {}", recipe,
                     network.name);
  return *cenet;
}

Teacher::Teacher(const Options& options, const std::shared_ptr<kernels::Queue>& queue) {
  if (!options.weights.empty())
    load(options, queue);
  else if (options.random)
    network_ = open_network(options.model, options.network, queue);
  else
    throw UsageError("--recipe cekd_student: needs --teacher, the weights of {} (strategy A learns from labels alone)",
                     options.model);
  network_->store.freeze();
  // Its weights never change, so that copies of all of them would be kept, beside all that a step of the student holds.
  kernels::set_packed_weights(*queue, kernels::PackedWeights::temporary);
  cenet_ = &cenet_of(*network_, "cekd_student");
}

void Teacher::load(const Options& options, const std::shared_ptr<kernels::Queue>& queue) {
  const std::string path = options.weights.string();
  models::ModelOptions shape = options.network;
  if (const std::optional<ModelCard> card = card_of(options.weights)) {
    if (card->model != options.model)
      throw UsageError("--teacher {}: holds a {}, expected a {}", path, card->model, options.model);
    shape = card->network;
    shape.size = options.network.size;
  }
  const engine::TensorFile file = engine::open_weight_file(options.weights);
  const std::int64_t known = classes_of(file).value_or(options.network.classes);
  if (known != options.network.classes)
    throw UsageError("--teacher {}: knows {} classes, the student shall learn {}", path, known,
                     options.network.classes);
  network_ = open_network(options.model, shape, queue);
  try {
    engine::nn::load_weights(network_->store, file);
  } catch (const kernels::CheckpointError&) {
    std::throw_with_nested(kernels::CheckpointError("--teacher {}: these are not the weights of a {} of {} classes",
                                                    path, options.model, options.network.classes));
  }
}

models::CENetOutputs Teacher::operator()(const models::Inputs& in) const {
  const engine::NoGradient no_gradient;
  models::Inputs named = in;
  if (in.listener)
    named.listener = [&](const std::string& name, const models::Tensor& value) {
      in.listener("teacher." + name, value);
    };
  models::CENetOutputs out = cenet_->forward(named, engine::nn::Mode::evaluate);
  named.feature("logits", out.logits);
  return out;
}

}  // namespace train
