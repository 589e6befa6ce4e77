// SPDX-License-Identifier: Apache-2.0
#include "models/cenet.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/ops/concat.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/resize.h"
#include "kernels/error.h"
#include "models/image_size.h"

namespace models {

namespace {

using engine::nn::Conv2dConfig;

struct Position {
  EdgePosition position;
  std::string name;
  std::vector<int> encoder, decoder;  // Stages that the edge module sees.
  int fused_at;                       // The decoder stage that its map is added to; 0: no edge module.
};

const std::vector<Position>& positions() {
  static const std::vector<Position> all{{EdgePosition::NED, "NED", {}, {}, 0},
                                         {EdgePosition::E123D3, "E123D3", {1, 2, 3}, {}, 3},
                                         {EdgePosition::E123D2, "E123D2", {1, 2, 3}, {}, 2},
                                         {EdgePosition::D234D2, "D234D2", {}, {4, 3, 2}, 2},
                                         {EdgePosition::E2D3, "E2D3", {2}, {}, 3},
                                         {EdgePosition::E1D2, "E1D2", {1}, {}, 2},
                                         {EdgePosition::D2D2, "D2D2", {}, {2}, 2},
                                         {EdgePosition::D3D3, "D3D3", {}, {3}, 3}};
  return all;
}

const Position& description(EdgePosition position) {
  return *std::find_if(positions().begin(), positions().end(),
                       [&](const Position& each) { return each.position == position; });
}

std::optional<BotEncoder> encoder(const Scope& at, const CENet::Options& o, const std::string& name, int channels) {
  return BotEncoder(at, {.image_channels = channels,
                         .width = o.width,
                         .size = checked_size("cenet", o.size),
                         .prefix = "encoder_" + name + "_",
                         .attention_feature = name + "_bot_block0_attention"});
}

}  // namespace

EdgePosition edge_position(const std::string& name) {
  std::vector<std::string> names;
  for (const Position& each : positions()) {
    if (each.name == name) return each.position;
    names.push_back(each.name);
  }
  throw kernels::UsageError("no edge module at position {}; there are {}", name, fmt::join(names, ", "));
}

CENet::CENet(const Scope& at, const Options& o) : spectra_(o.spectra), size_(o.size), position_(o.edge) {
  if (spectra_ == Spectra::both || spectra_ == Spectra::thermal) thermal_ = encoder(at, o, "thermal", 1);
  if (spectra_ != Spectra::thermal) rgb_ = encoder(at, o, "rgb", spectra_ == Spectra::four_channels ? 4 : 3);
  const BotEncoder& encoder = thermal_ ? *thermal_ : *rgb_;
  // Of the decoder's stages 5 to 1, whose sums with the skips ask for the encoder's channels.
  const std::array<int, 5> channels{encoder.channels(3), encoder.channels(2), encoder.channels(1),
                                    scaled_width(128, o.width), o.classes};
  const auto of_stage = [&](int stage) {
    return channels[static_cast<std::size_t>(5 - stage)];
  };
  const Position& edge = description(position_);
  if (edge.fused_at != 0) {
    int in = 0;
    for (const int stage : edge.encoder) in += encoder.channels(stage - 1);
    for (const int stage : edge.decoder) in += of_stage(stage);
    edge_.emplace(at / "edge", in, of_stage(edge.fused_at));
  }
  int in = encoder.channels(4);
  for (int stage = 5; stage >= 1; --stage) {
    decoder_.emplace_back(at / ("deconv" + std::to_string(stage)), in, of_stage(stage));
    in = of_stage(stage);
  }
  skip_.emplace(at / "skip_tranform", Conv2dConfig{.in = encoder.channels(0),
                                                   .out = of_stage(2),
                                                   .kernel = 3,
                                                   .padding = 1,
                                                   .bias = Conv2dConfig::Bias::present});
}

int CENet::edge_scale() const {
  return description(position_).fused_at == 2 ? 2 : 4;
}

CENet::Stages CENet::encode(const Inputs& in, Mode mode) const {
  Stages stages;
  Tensor colour, heat;
  if (spectra_ == Spectra::both) {
    colour = stream_input("cenet", in, Spectra::rgb, size_multiple());
    heat = stream_input("cenet", in, Spectra::thermal, size_multiple());
  } else {
    (thermal_ ? heat : colour) = stream_input("cenet", in, spectra_, size_multiple());
  }
  require_size("cenet", size_, colour ? colour : heat);
  for (int stage = 0; stage < BotEncoder::stages; ++stage) {
    if (thermal_) heat = thermal_->stage(stage, heat, in, mode);
    if (rgb_) colour = rgb_->stage(stage, colour, in, mode);
    if (thermal_ && stage == 4) in.feature("thermal_bot_stage", heat);
    if (rgb_ && stage == 4) in.feature("rgb_bot_stage", colour);
    if (thermal_ && rgb_) colour = engine::add(colour, heat);
    const Tensor& fused = rgb_ ? colour : heat;
    in.feature("f" + std::to_string(stage + 1), fused);
    stages[static_cast<std::size_t>(stage)] = fused;
  }
  return stages;
}

Tensor CENet::edges(std::vector<Tensor> seen, const Tensor& target, const Inputs& in, Mode mode) const {
  const Size2 size(static_cast<int>(target.shape().h()), static_cast<int>(target.shape().w()));
  for (Tensor& each : seen) each = engine::resize(each, size);
  const Tensor map = (*edge_)(seen.size() == 1 ? seen[0] : engine::concat(seen, 1), in, mode);
  in.feature("edge_map", map);
  return map;
}

CENetOutputs CENet::forward(const Inputs& in, Mode mode) const {
  Stages encoded = encode(in, mode);
  const Position& edge = description(position_);
  std::vector<Tensor> seen;  // By the edge module. What nobody needs any more is let go of on the way.
  for (const int stage : edge.encoder) seen.push_back(encoded[static_cast<std::size_t>(stage - 1)]);
  CENetOutputs out;
  out.deepest = encoded[4];
  Tensor x = std::move(encoded[4]);
  for (int stage = 5; stage >= 2; --stage) {
    x = decoder_[static_cast<std::size_t>(5 - stage)](x, mode);
    in.feature("deconv" + std::to_string(stage), x);
    Tensor skip = std::move(encoded[static_cast<std::size_t>(stage - 2)]);
    if (stage == 2) {
      skip = (*skip_)(skip);
      in.feature("skip_transform", skip);
    }
    x = engine::add(x, skip);
    if (std::find(edge.decoder.begin(), edge.decoder.end(), stage) != edge.decoder.end()) seen.push_back(x);
    if (stage == edge.fused_at) {
      out.edge = edges(std::move(seen), x, in, mode);
      x = engine::add(x, out.edge);
    }
    if (stage == 3) out.hint = x;
  }
  in.feature("hint", out.hint);
  out.logits = decoder_[4](x, mode);
  return out;
}

}  // namespace models
