// SPDX-License-Identifier: Apache-2.0
// A network with its state: what training, evaluation, tracing and info open.
#pragma once

#include <memory>
#include <string>

#include "models/create.h"

namespace train {

struct Network {
  std::string name;
  engine::nn::ParameterStore store;
  std::unique_ptr<models::SegmentationModel> model;
};

// A fresh network on `queue`. Throws UsageError for an unknown name.
std::unique_ptr<Network> open_network(const std::string& name, const models::ModelOptions& options,
                                      const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed = 0);

}  // namespace train
