// SPDX-License-Identifier: Apache-2.0
#include "train/info.h"

#include <fmt/format.h>

#include <cstring>
#include <map>

#include "engine/autograd.h"
#include "engine/stored_tensor.h"

namespace train {

using engine::Tensor;
using engine::nn::StateEntry;

NetworkInfo inspect(const models::SegmentationModel& model, const engine::nn::ParameterStore& store,
                    kernels::Size2 size) {
  NetworkInfo info;
  std::map<const void*, std::string> layer_of;  // By the data of its weight.
  for (const StateEntry& entry : store.entries()) {
    if (entry.kind == StateEntry::Kind::parameter) info.parameters += entry.tensor.elements();
    if (entry.kind == StateEntry::Kind::buffer) info.buffers += entry.tensor.elements();
    if (entry.tensor) layer_of[entry.tensor.view().data] = entry.name.substr(0, entry.name.rfind('.'));
  }
  const engine::NoGradient no_gradient;
  const engine::OpObserver observer([&](const char* op, const Tensor& result, const std::vector<Tensor>& inputs) {
    info.activation_bytes += result.elements() * 4;
    if (std::strcmp(op, "attention") == 0) {
      const std::int64_t products = 3 * result.elements() * result.shape().h() * result.shape().w();
      info.multiply_adds += products;
      info.layers.push_back(
          {layer_of[inputs[1].view().data], result.shape(), inputs[1].elements() + inputs[2].elements(), products});
      return;
    }
    const bool transposed = std::strcmp(op, "conv_transpose2d") == 0;
    if (!transposed && std::strcmp(op, "conv2d") != 0) return;
    const Tensor &x = inputs[0], &weight = inputs[1];
    // Each output pixel (transposed: input pixel) meets every weight once.
    const std::int64_t products = (transposed ? x : result).shape().pixels() * weight.elements();
    info.multiply_adds += products;
    info.layers.push_back({layer_of[weight.view().data], result.shape(), weight.elements(), products});
  });
  const auto queue = store.queue();
  const kernels::DType dtype = engine::master_dtype(*queue);
  const models::Inputs in{
      engine::zeros({1, 3, size.h, size.w}, dtype, queue), engine::zeros({1, 1, size.h, size.w}, dtype, queue), {}};
  // Frozen batch norm keeps every layer apart; evaluation mode would fold them.
  model(in, engine::nn::Mode::frozen_batch_norm);
  return info;
}

nlohmann::json to_json(const NetworkInfo& info, const engine::nn::ParameterStore& store) {
  nlohmann::json state = nlohmann::json::array();
  for (const StateEntry& entry : store.entries()) {
    state.push_back({{"name", entry.name},
                     {"shape", engine::stored_shape(entry.shape())},
                     {"dtype", entry.kind == StateEntry::Kind::counter ? "int64" : "float32"},
                     {"kind", entry.kind == StateEntry::Kind::parameter ? "parameter" : "buffer"}});
  }
  return {{"parameters", info.parameters},
          {"buffers", info.buffers},
          {"multiply_adds", info.multiply_adds},
          {"activation_bytes", info.activation_bytes},
          {"state", state}};
}

std::string to_table(const NetworkInfo& info, const std::string& title) {
  std::string text = fmt::format("{}\n\n{:<44} {:>20} {:>12} {:>12}\n", title, "layer", "output", "weights", "MMAC");
  for (const LayerCost& layer : info.layers)
    text += fmt::format("{:<44} {:>20} {:>12} {:>12.2f}\n", layer.name, to_string(layer.output), layer.parameters,
                        static_cast<double>(layer.multiply_adds) / 1e6);
  text += fmt::format(
      "\nparameters       {:>15}\nbuffers          {:>15}\nmultiply-adds    {:>12.2f} G\nactivations      {:>12.1f} "
      "MiB (one image, f32, training)\n",
      info.parameters, info.buffers, static_cast<double>(info.multiply_adds) / 1e9,
      static_cast<double>(info.activation_bytes) / (1 << 20));
  return text;
}

}  // namespace train
