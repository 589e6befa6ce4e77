// SPDX-License-Identifier: Apache-2.0
// What a checkpoint says about its network, so that evaluation and prediction need nothing but the file: which network,
// which classes, and how images become network units.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/normalisation.h"
#include "train/network.h"

namespace train {

struct ModelCard {
  std::string model;
  models::ModelOptions network;
  std::vector<datasets::ClassInfo> classes;
  std::optional<int> ignored_label;
  datasets::Normalisation normalisation;
};

nlohmann::json to_json(const ModelCard& card);
// Throws CheckpointError, naming `where` and the field.
ModelCard model_card_from_json(const nlohmann::json& json, const std::string& where);

// A network from a checkpoint of this project, with its weights. Throws CheckpointError where the file is damaged, has
// no card (a plain weight file: say which network with --model) or does not fit.
struct TrainedNetwork {
  ModelCard card;
  std::unique_ptr<Network> network;
};
TrainedNetwork load_trained(const std::filesystem::path& checkpoint, const std::shared_ptr<kernels::Queue>& queue);

}  // namespace train
