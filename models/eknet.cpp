// SPDX-License-Identifier: Apache-2.0
#include "models/eknet.h"

#include "engine/ops/elementwise_binary.h"
#include "engine/ops/resize.h"
#include "kernels/error.h"
#include "models/image_size.h"

namespace models {

namespace {

using engine::nn::Conv2dConfig;

// The first pixel of every 2x2: repeated, the samples [k i, k j].
Tensor every_second(const Tensor& image) {
  return engine::resize(image, {static_cast<int>(image.shape().h() / 2), static_cast<int>(image.shape().w() / 2)},
                        {.interpolation = kernels::Interpolation::nearest});
}

}  // namespace

EKNet::EKNet(const Scope& at, const Options& o)
    : size_(checked_size("eknet", o.size)),
      encoder_(at, {.image_channels = 1,
                    .width = o.width,
                    .size = o.size,
                    .prefix = "encoder_thermal_",
                    .attention_feature = "thermal_bot_block0_attention"}) {
  if (o.enhancement == Enhancement::present)
    enhancement_.emplace(at / "createMask", ThermalEnhancement::Options{.size = o.size, .lambda = o.lambda});
  int in = encoder_.channels(4);
  for (int stage = 5; stage >= 1; --stage) {
    const int out = stage == 1 ? o.classes : stage == 2 ? scaled_width(128, o.width) : encoder_.channels(stage - 2);
    decoder_.emplace_back(at / ("deconv" + std::to_string(stage)), in, out);
    in = out;
  }
  skip_.emplace(at / "skip_tranform", Conv2dConfig{.in = encoder_.channels(0),
                                                   .out = scaled_width(128, o.width),
                                                   .kernel = 3,
                                                   .padding = 1,
                                                   .bias = Conv2dConfig::Bias::present});
}

EKNet::Maps EKNet::maps(const Tensor& thermal, const Tensor& delta, const Inputs& in) const {
  Maps maps;
  // Raising to a power and sampling commute, so that the image is sampled first.
  Tensor sampled = thermal;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    sampled = every_second(sampled);
    maps[i] = enhancement_->enhance(sampled, delta);
    in.feature("mask_1_" + std::to_string(2 << i), maps[i]);
  }
  return maps;
}

EKNetOutputs EKNet::forward(const Inputs& in, Mode mode) const {
  Tensor x = stream_input("eknet", in, Spectra::thermal, size_multiple());
  require_size("eknet", size_, x);
  EKNetOutputs out;
  Maps map;  // Of half the image, a quarter, ...
  if (enhancement_) {
    out.delta = enhancement_->exponent(x, in, mode);
    map = maps(x, out.delta, in);
  }
  // Adds the map of 1 / 2^(step + 1) of the image.
  const auto enhanced = [&](const Tensor& feature, int step) {
    return enhancement_ ? engine::add(feature, map[static_cast<std::size_t>(step)]) : feature;
  };
  std::array<Tensor, BotEncoder::stages> encoded;
  for (int stage = 0; stage < BotEncoder::stages; ++stage) {
    x = encoder_.stage(stage, x, in, mode);
    in.feature("f" + std::to_string(stage + 1), x);
    encoded[static_cast<std::size_t>(stage)] = x;
  }
  out.deepest = std::move(encoded[4]);
  x = enhanced(x, 4);
  for (int stage = 5; stage >= 2; --stage) {
    x = decoder_[static_cast<std::size_t>(5 - stage)](x, mode);
    in.feature("deconv" + std::to_string(stage), x);
    const Tensor skip = std::move(encoded[static_cast<std::size_t>(stage - 2)]);
    x = engine::add(x, stage > 2 ? skip : (*skip_)(skip));
    if (stage == 3) out.hint = x;
    x = enhanced(x, stage - 2);
  }
  in.feature("hint", out.hint);
  out.logits = decoder_[4](x, mode);
  return out;
}

Tensor EKNet::enhanced_image(const Inputs& in, Mode mode) const {
  if (!enhancement_) throw kernels::UsageError("kdnet has no thermal enhancement");
  const Tensor thermal = stream_input("eknet", in, Spectra::thermal, size_multiple());
  return enhancement_->enhance(thermal, enhancement_->exponent(thermal, in, mode));
}

}  // namespace models
