// SPDX-License-Identifier: Apache-2.0
#include "train/model_card.h"

#include <array>

#include "engine/checkpoint.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"

namespace train {

nlohmann::json to_json(const ModelCard& card) {
  nlohmann::json classes = nlohmann::json::array();
  for (const datasets::ClassInfo& each : card.classes)
    classes.push_back({{"name", each.name}, {"colour", each.colour}});
  nlohmann::json json{{"model", card.model},
                      {"width", card.network.width},
                      {"size", {card.network.size.h, card.network.size.w}},
                      {"edge_position", card.network.edge_position},
                      {"lambda", card.network.lambda},
                      {"classes", classes},
                      {"normalisation", datasets::to_json(card.normalisation)}};
  if (card.ignored_label) json["ignored_label"] = *card.ignored_label;
  return json;
}

ModelCard model_card_from_json(const nlohmann::json& json, const std::string& where) {
  try {
    ModelCard card;
    card.model = json.at("model").get<std::string>();
    card.network.width = json.at("width").get<double>();
    if (json.contains("size")) {  // Not in the first checkpoints, whose networks take any size.
      const auto size = json.at("size").get<std::array<int, 2>>();
      card.network.size = {size[0], size[1]};
      card.network.edge_position = json.at("edge_position").get<std::string>();
      card.network.lambda = json.at("lambda").get<double>();
    }
    for (const auto& each : json.at("classes"))
      card.classes.push_back({each.at("name").get<std::string>(), each.at("colour").get<datasets::Colour>()});
    card.network.classes = static_cast<int>(card.classes.size());
    if (json.contains("ignored_label")) card.ignored_label = json.at("ignored_label").get<int>();
    card.normalisation = datasets::normalisation_from_json(json.at("normalisation"));
    return card;
  } catch (const nlohmann::json::exception& error) {
    throw kernels::CheckpointError("{}: its description of the network is unusable: {}", where, error.what());
  }
}

TrainedNetwork load_trained(const std::filesystem::path& checkpoint, const std::shared_ptr<kernels::Queue>& queue) {
  const engine::Checkpoint file = engine::Checkpoint::open(checkpoint);
  const nlohmann::json& configuration = file.facts().configuration;
  if (!configuration.contains("network"))
    throw kernels::CheckpointError("{}: no description of the network in it; was it written by train?",
                                   checkpoint.string());
  TrainedNetwork result{model_card_from_json(configuration.at("network"), checkpoint.string()), nullptr};
  result.network = open_network(result.card.model, result.card.network, queue);
  engine::nn::load_weights(result.network->store, file.file());
  return result;
}

}  // namespace train
