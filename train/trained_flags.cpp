// SPDX-License-Identifier: Apache-2.0
#include "train/trained_flags.h"

#include <sys/resource.h>

#include "engine/nn/weights.h"
#include "kernels/error.h"

namespace train {

void TrainedFlags::add_to(CLI::App& app) {
  app.add_option("--weights", weights, "Checkpoint of train, or a weight file (then with --model)")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--model", model, "Network of a plain weight file");
  app.add_option("--width", network.width, "Factor on inner channels of a plain weight file's network")
      ->capture_default_str();
}

TrainedNetwork TrainedFlags::open(const std::shared_ptr<kernels::Queue>& queue,
                                  const std::vector<datasets::ClassInfo>& classes) const {
  if (model.empty()) return load_trained(weights, queue);
  TrainedNetwork result;
  result.card.model = model;
  result.card.network = {.classes = static_cast<int>(classes.size()), .width = network.width};
  result.card.classes = classes;
  result.network = open_network(model, result.card.network, queue);
  engine::nn::load_weights(result.network->store, weights);
  return result;
}

double peak_memory_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace train
