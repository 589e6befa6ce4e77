// SPDX-License-Identifier: Apache-2.0
#include "models/rtfnet.h"

#include "engine/ops/elementwise_binary.h"

namespace models {

namespace {

using engine::Activation;
using engine::nn::Conv2dConfig;

engine::nn::ConvBnConfig convolution(int in, int out, int kernel) {
  return {.conv = {.in = in,
                   .out = out,
                   .kernel = kernel,
                   .padding = kernel / 2,
                   .start = Conv2dConfig::Start::xavier_uniform},
          .activation = Activation::relu()};
}

engine::nn::ConvBnConfig doubling(int in, int out, Activation activation) {
  return {.conv = {.in = in, .out = out, .kernel = 2, .stride = 2, .start = Conv2dConfig::Start::xavier_uniform},
          .activation = activation};
}

}  // namespace

UpBlock::UpBlock(const Scope& at, int in, int out)
    : a1(at / 0 / "conv1", at / 0 / "bn1", convolution(in, in, 1)),
      a2(at / 0 / "conv2", at / 0 / "bn2", convolution(in, in, 3)),
      a3(at / 0 / "conv3", at / 0 / "bn3", convolution(in, in, 3)),
      b1(at / 1 / "conv1", at / 1 / "bn1", convolution(in, out, 1)),
      b2(at / 1 / "conv2", at / 1 / "bn2", convolution(out, out, 3)),
      b3(at / 1 / "conv3", at / 1 / "bn3", doubling(out, out, Activation::relu())),
      shortcut(at / 1 / "upsample" / 0, at / 1 / "upsample" / 1, doubling(in, out, Activation::none())) {}

Tensor UpBlock::operator()(const Tensor& x, Mode mode) const {
  const Tensor a = a3(a2(a1(x, mode), mode), mode, x);
  const Tensor b = b2(b1(a, mode), mode);
  return b3(b, mode, shortcut(a, mode));
}

RTFNet::RTFNet(const Scope& at, const Options& o) : spectra_(o.spectra) {
  if (spectra_ == Spectra::both || spectra_ == Spectra::thermal)
    thermal_.emplace(
        at, ResNetOptions{.depth = o.depth, .image_channels = 1, .width = o.width, .prefix = "encoder_thermal_"});
  if (spectra_ != Spectra::thermal)
    rgb_.emplace(at, ResNetOptions{.depth = o.depth,
                                   .image_channels = spectra_ == Spectra::four_channels ? 4 : 3,
                                   .width = o.width,
                                   .prefix = "encoder_rgb_"});
  const int deepest = o.depth < 50 ? 512 : 2048;
  int in = (thermal_ ? *thermal_ : *rgb_).channels(4);
  for (int layer = 1; layer <= 5; ++layer) {
    const int out = layer == 5 ? o.classes : scaled_width(deepest >> layer, o.width);
    decoder_.emplace_back(at / ("deconv" + std::to_string(layer)), in, out);
    in = out;
  }
}

Tensor RTFNet::encode(const Inputs& in, Mode mode) const {
  if (spectra_ != Spectra::both) {
    const ResNet& encoder = rgb_ ? *rgb_ : *thermal_;
    Tensor x = stream_input("rtfnet", in, spectra_, size_multiple());
    for (int stage = 0; stage < ResNet::stages; ++stage) x = encoder.stage(stage, x, mode);
    return x;
  }
  Tensor fused = stream_input("rtfnet", in, Spectra::rgb, size_multiple());
  Tensor heat = stream_input("rtfnet", in, Spectra::thermal, size_multiple());
  for (int stage = 0; stage < ResNet::stages; ++stage) {
    const std::string number = std::to_string(stage);
    heat = thermal_->stage(stage, heat, mode);
    fused = rgb_->stage(stage, fused, mode);
    if (stage > 0) {
      in.feature("thermal_layer" + number, heat);
      in.feature("rgb_layer" + number + "_before_fusion", fused);
    }
    fused = engine::add(fused, heat);
    if (stage == 0 || stage == 4) in.feature("fused_stage" + number, fused);
  }
  return fused;
}

Tensor RTFNet::operator()(const Inputs& in, Mode mode) const {
  Tensor y = encode(in, mode);
  for (std::size_t layer = 0; layer < decoder_.size(); ++layer) {
    y = decoder_[layer](y, mode);
    if (layer + 1 < decoder_.size()) in.feature("deconv" + std::to_string(layer + 1), y);
  }
  return y;
}

}  // namespace models
