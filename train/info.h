// SPDX-License-Identifier: Apache-2.0
// What a network is made of: parameters, buffers, multiply-adds and activation memory, layer by layer.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/segmentation_model.h"

namespace train {

struct LayerCost {
  std::string name;  // Path of the layer's weight without ".weight"; of attention, of its embeddings.
  kernels::Shape output;
  std::int64_t parameters = 0, multiply_adds = 0;
};

struct NetworkInfo {
  std::int64_t parameters = 0;
  std::int64_t buffers = 0;  // Float buffers (running statistics); counters are not counted.
  // Of convolutions, transposed convolutions (input pixels x weights) and attention (queries with keys and with
  // positions, weights with values), one image.
  std::int64_t multiply_adds = 0;
  std::int64_t activation_bytes = 0;  // Results of all ops of one forward pass of one image in f32.
  std::vector<LayerCost> layers;
};

// Counts what is in `store` and runs one image of zeros through the network.
NetworkInfo inspect(const models::SegmentationModel& model, const engine::nn::ParameterStore& store,
                    kernels::Size2 size);

// {"parameters", "buffers", "multiply_adds", "activation_bytes", "state": [{"name", "shape", "dtype", "kind"}]}, the
// state in state-dict order.
nlohmann::json to_json(const NetworkInfo& info, const engine::nn::ParameterStore& store);
std::string to_table(const NetworkInfo& info, const std::string& title);

}  // namespace train
