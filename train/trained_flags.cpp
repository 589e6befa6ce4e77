// SPDX-License-Identifier: Apache-2.0
#include "train/trained_flags.h"

#include "datasets/class_colours.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "train/command_table.h"
#include "train/settings.h"

namespace train {

void TrainedFlags::add_to(CLI::App& app) {
  app.add_option("--weights", weights, "Checkpoint of train, or a weight file (then with --model)")
      ->required()
      ->check(CLI::ExistingFile);
  propose(app.add_option("--model", model, "Network of a plain weight file, for example rtfnet50"),
          models::model_names());
  app.add_option("--classes", classes, "Class channels of that network; 0: as many as the data set has classes")
      ->capture_default_str();
  app.add_option("--width", width, "Factor on inner channels of that network")->capture_default_str();
  app.add_option("--size", size, "Height x width of its images, where the network is made for one size (cenet, eknet)")
      ->capture_default_str();
}

TrainedNetwork TrainedFlags::open(const std::shared_ptr<kernels::Queue>& queue,
                                  const std::vector<datasets::ClassInfo>& known_classes) const {
  if (model.empty()) {
    try {
      return load_trained(weights, queue);
    } catch (const kernels::CheckpointError&) {
      std::throw_with_nested(kernels::CheckpointError(
          "--weights {}: cannot be used as a checkpoint of train; a plain weight file needs --model",
          weights.string()));
    }
  }
  TrainedNetwork result;
  result.card.model = model;
  const auto known = static_cast<int>(known_classes.size());
  result.card.classes = classes == 0 || classes == known ? known_classes : numbered_classes(classes);
  result.card.network = {
      .classes = static_cast<int>(result.card.classes.size()), .width = width, .size = parse_size(size)};
  result.network = open_network(model, result.card.network, queue);
  engine::nn::load_weights(result.network->store, weights);
  return result;
}

std::vector<datasets::ClassInfo> numbered_classes(int count) {
  std::vector<datasets::ClassInfo> classes;
  for (int id = 0; id < count; ++id) classes.push_back({fmt::format("class {}", id), datasets::distinct_colour(id)});
  return classes;
}

}  // namespace train
