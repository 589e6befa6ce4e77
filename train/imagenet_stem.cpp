// SPDX-License-Identifier: Apache-2.0
#include "train/imagenet_stem.h"

#include <span>

#include "engine/nn/state_difference.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "models/resnet.h"

namespace train {
namespace {

constexpr const char* stem_name = "conv1.weight";

// The records without fc.*, after a check against our own ResNet of that depth.
engine::TensorFile checked_resnet(const engine::TensorFile& file, int depth) {
  engine::TensorFile backbone = file.without_records();
  for (const engine::TensorRecord& record : file.records())
    if (!record.name.starts_with("fc.")) backbone.add(record);
  engine::nn::ParameterStore store(std::make_shared<kernels::Queue>(kernels::Device{}));
  const models::ResNet network(store.root(), {.depth = depth, .prefix = ""});
  engine::nn::check_weights(store, backbone);
  return backbone;
}

}  // namespace

int resnet_depth(const std::string& stem) {
  for (const int depth : {18, 34, 50, 101, 152})
    if (stem == fmt::format("resnet{}", depth)) return depth;
  throw kernels::UsageError("--stem {}: expected resnet18, resnet34, resnet50, resnet101 or resnet152", stem);
}

std::vector<double> stem_for_channels(const std::vector<double>& stem, std::int64_t outputs, int channels) {
  if (channels != 1 && channels != 3 && channels != 4)
    throw kernels::UsageError("--channels {}: expected 1, 3 or 4", channels);
  const std::size_t area = stem.size() / static_cast<std::size_t>(3 * outputs);
  std::vector<double> result;
  for (std::size_t output = 0; output < static_cast<std::size_t>(outputs); ++output) {
    const double* rgb = stem.data() + output * 3 * area;
    if (channels != 1) result.insert(result.end(), rgb, rgb + 3 * area);
    if (channels == 3) continue;
    for (std::size_t i = 0; i < area; ++i) result.push_back((rgb[i] + rgb[area + i] + rgb[2 * area + i]) / 3);
  }
  return result;
}

std::vector<engine::OwnedTensor> convert_stem(const engine::TensorFile& file, int depth, int channels) {
  const engine::TensorFile backbone = checked_resnet(file, depth);
  std::vector<engine::OwnedTensor> tensors;
  for (const engine::TensorRecord& record : backbone.records()) {
    engine::OwnedTensor tensor{record.name, record.dtype, record.shape, {}};
    if (record.name == stem_name) {
      const std::vector<double> values = stem_for_channels(to_f64(record), record.shape[0], channels);
      const std::vector<float> rounded(values.begin(), values.end());
      tensor.dtype = engine::FileDType::f32;
      tensor.shape[1] = channels;
      const auto bytes = std::as_bytes(std::span(rounded));
      tensor.data.assign(bytes.begin(), bytes.end());
    } else {
      tensor.data.assign(record.data, record.data + record.bytes);
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

int fill_encoders(engine::nn::ParameterStore& store, const engine::TensorFile& file, int depth) {
  const engine::TensorFile backbone = checked_resnet(file, depth);
  const auto refuse = [&](const std::string& name) {
    throw kernels::UsageError("--stem resnet{}: {} does not match the network; is that of another depth or width?",
                              depth, name);
  };
  int filled = 0;
  for (const std::string prefix : {"encoder_rgb_", "encoder_thermal_"}) {
    if (store.find(prefix + stem_name) == nullptr) continue;
    for (const engine::TensorRecord& record : backbone.records())
      if (store.find(prefix + record.name) == nullptr) refuse(record.name);
    for (const engine::nn::StateEntry& entry : store.entries()) {
      if (!entry.name.starts_with(prefix)) continue;
      const engine::TensorRecord* record = backbone.find(entry.name.substr(prefix.size()));
      const bool counter = entry.kind == engine::nn::StateEntry::Kind::counter;
      if (record == nullptr && counter) continue;  // Old files have none.
      if (record == nullptr) refuse(entry.name);
      ++filled;
      if (counter) {
        *entry.counter = to_i64(*record)[0];
        continue;
      }
      std::vector<double> values = to_f64(*record);
      if (record->name == stem_name)
        values = stem_for_channels(values, record->shape[0], static_cast<int>(entry.shape().c()));
      if (static_cast<std::int64_t>(values.size()) != entry.shape().elements()) refuse(entry.name);
      copy_into(engine::from_host(std::span<const double>(values), entry.shape(), entry.tensor.dtype(), store.queue()),
                entry.tensor);
    }
  }
  if (filled == 0) throw kernels::UsageError("--stem resnet{}: the network has no ResNet encoders", depth);
  return filled;
}

}  // namespace train
