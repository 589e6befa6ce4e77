// SPDX-License-Identifier: Apache-2.0
#include "models/bot_encoder.h"

#include "engine/ops/average_pool2d.h"

namespace models {

namespace {

using engine::Activation;
using engine::nn::ConvBnConfig;

ConvBnConfig pointwise(int in, int out) {
  return {.conv = {.in = in, .out = out, .kernel = 1}, .activation = Activation::relu()};
}

// The branch begins at zero.
ConvBnConfig leaving(int in, int out) {
  ConvBnConfig config = pointwise(in, out);
  config.initial_scale = 0;
  return config;
}

std::optional<ConvBn> halving_shortcut(const Scope& at, int in, int out) {
  if (in == out) return std::nullopt;
  const ConvBnConfig config{.conv = {.in = in, .out = out, .kernel = 3, .stride = 2, .padding = 1},
                            .activation = Activation::relu()};
  return ConvBn(at / 0, at / 1, config);
}

BotStageOptions stage_options(int in, const BotEncoderOptions& o) {
  const int bottleneck = scaled_width(512, o.width);
  return {.in = in,
          .out = scaled_width(2048, o.width),
          .bottleneck = bottleneck,
          .head_channels = bottleneck,
          .map = {o.size.h / 16, o.size.w / 16}};
}

}  // namespace

BotBlock::BotBlock(const Scope& at, int in, const BotStageOptions& o, Size2 map)
    : shortcut(halving_shortcut(at / "shortcut", in, o.out)),
      enter(at / "net" / 0, at / "net" / 1, pointwise(in, o.bottleneck)),
      attention(at / "net" / 3, {.in = o.bottleneck, .heads = o.heads, .channels = o.head_channels, .map = map}),
      attended(at / "net" / 5, o.heads * o.head_channels),
      leave(at / "net" / 7, at / "net" / 8, leaving(o.heads * o.head_channels, o.out)) {}

Tensor BotBlock::operator()(const Tensor& x, const Inputs& in, const std::string& attention_feature, Mode mode) const {
  Tensor y = attention(enter(x, mode));
  if (!attention_feature.empty()) in.feature(attention_feature, y);
  if (shortcut) y = engine::average_pool2d(y, {.window = {.kernel = 2, .stride = 2}});
  y = attended(y, mode, Activation::relu());
  return leave(y, mode, shortcut ? (*shortcut)(x, mode) : x);
}

BotStage::BotStage(const Scope& at, const BotStageOptions& o) {
  for (int i = 0; i < o.blocks; ++i) {
    const Size2 map = i == 0 ? o.map : Size2(o.map.h / 2, o.map.w / 2);
    blocks.emplace_back(at / "net" / i, i == 0 ? o.in : o.out, o, map);
  }
}

Tensor BotStage::operator()(const Tensor& x, const Inputs& in, const std::string& attention_feature, Mode mode) const {
  Tensor y = x;
  for (std::size_t i = 0; i < blocks.size(); ++i) y = blocks[i](y, in, i == 0 ? attention_feature : "", mode);
  return y;
}

BotEncoder::BotEncoder(const Scope& at, const BotEncoderOptions& o)
    : resnet_(at, {.depth = 50, .layers = 3, .image_channels = o.image_channels, .width = o.width, .prefix = o.prefix}),
      deepest_(scaled_width(2048, o.width)),
      attention_feature_(o.attention_feature),
      attention_(at / (o.prefix + "layer4"), stage_options(resnet_.channels(3), o)) {}

Tensor BotEncoder::stage(int index, const Tensor& x, const Inputs& in, Mode mode) const {
  return index < 4 ? resnet_.stage(index, x, mode) : attention_(x, in, attention_feature_, mode);
}

}  // namespace models
