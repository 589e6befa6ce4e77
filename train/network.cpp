// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

namespace train {

std::unique_ptr<Network> open_network(const std::string& name, const models::ModelOptions& options,
                                      const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed) {
  auto network = std::make_unique<Network>(Network{name, engine::nn::ParameterStore(queue, seed), nullptr});
  network->model = models::create(name, network->store.root(), options);
  return network;
}

}  // namespace train
