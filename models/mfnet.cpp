// SPDX-License-Identifier: Apache-2.0
#include "models/mfnet.h"

#include "engine/ops/concat.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/max_pool2d.h"
#include "engine/ops/resize.h"

namespace models {

namespace {

MFNetChannels rgb_channels(int image, double width) {
  const auto c = [&](int channels) {
    return scaled_width(channels, width);
  };
  return {image, c(16), c(48), c(48), c(96), c(96)};
}

MFNetChannels thermal_channels(double width) {
  const auto c = [&](int channels) {
    return scaled_width(channels, width);
  };
  return {1, c(16), c(16), c(16), c(36), c(36)};
}

Tensor halve(const Tensor& x) {
  return engine::max_pool2d(x, {.kernel = 2, .stride = 2});
}

Tensor join(const std::vector<Tensor>& streams) {
  return streams.size() == 1 ? streams[0] : engine::concat(streams, 1);
}

}  // namespace

ConvBn mfnet_cbl(const Scope& at, int in, int out, int dilation) {
  using engine::nn::Conv2dConfig;
  return {at / "conv",
          at / "bn",
          {.conv = {.in = in,
                    .out = out,
                    .kernel = 3,
                    .padding = dilation,
                    .dilation = dilation,
                    .bias = Conv2dConfig::Bias::present},
           .activation = engine::Activation::leaky_relu(0.2)}};
}

MiniInception::MiniInception(const Scope& at, int in, int out) {
  for (int round = 1; round <= 3; ++round) {
    const std::string name = "conv" + std::to_string(round);
    left.push_back(mfnet_cbl(at / (name + "_left"), round == 1 ? in : out, out / 2));
    right.push_back(mfnet_cbl(at / (name + "_right"), round == 1 ? in : out, out / 2, 2));
  }
}

Tensor MiniInception::operator()(const Tensor& x, Mode mode) const {
  Tensor y = x;
  for (std::size_t round = 0; round < left.size(); ++round)
    y = engine::concat({left[round](y, mode), right[round](y, mode)}, 1);
  return y;
}

MFNetEncoder::MFNetEncoder(const Scope& at, const std::string& s, const MFNetChannels& c)
    : suffix(s),
      conv1(mfnet_cbl(at / ("conv1" + s), c.image, c.c1)),
      conv2_1(mfnet_cbl(at / ("conv2_1" + s), c.c1, c.c2)),
      conv2_2(mfnet_cbl(at / ("conv2_2" + s), c.c2, c.c2)),
      conv3_1(mfnet_cbl(at / ("conv3_1" + s), c.c2, c.c3)),
      conv3_2(mfnet_cbl(at / ("conv3_2" + s), c.c3, c.c3)),
      conv4(at / ("conv4" + s), c.c3, c.c4),
      conv5(at / ("conv5" + s), c.c4, c.c5) {}

MFNetEncoder::Features MFNetEncoder::operator()(const Tensor& image, const Inputs& in, Mode mode) const {
  Features f;
  const Tensor c1 = conv1(image, mode);
  in.feature("conv1" + suffix, c1);
  f.p2 = conv2_2(conv2_1(halve(c1), mode), mode);
  in.feature("conv2_2" + suffix, f.p2);
  f.p3 = conv3_2(conv3_1(halve(f.p2), mode), mode);
  in.feature("conv3_2" + suffix, f.p3);
  f.p4 = conv4(halve(f.p3), mode);
  in.feature("conv4" + suffix, f.p4);
  f.deepest = conv5(halve(f.p4), mode);
  in.feature("conv5" + suffix, f.deepest);
  return f;
}

MFNet::MFNet(const Scope& at, const Options& options) : spectra_(options.spectra) {
  std::vector<MFNetChannels> channels;
  if (spectra_ != Spectra::thermal) {
    channels.push_back(rgb_channels(spectra_ == Spectra::four_channels ? 4 : 3, options.width));
    encoders_.emplace_back(at, "_rgb", channels.back());
  }
  if (spectra_ == Spectra::both || spectra_ == Spectra::thermal) {
    channels.push_back(thermal_channels(options.width));
    encoders_.emplace_back(at, "_inf", channels.back());
  }
  int deepest = 0, p3 = 0, p2 = 0;
  for (const MFNetChannels& c : channels) {
    deepest += c.c5;
    p3 += c.c3;
    p2 += c.c2;
  }
  // Each step's result is added to the joined skip of the next one, so it has as many channels (64, 64 at full width).
  decoder_.push_back(mfnet_cbl(at / "decode4", deepest, p3));
  decoder_.push_back(mfnet_cbl(at / "decode3", p3, p2));
  decoder_.push_back(mfnet_cbl(at / "decode2", p2, scaled_width(32, options.width)));
  decoder_.push_back(mfnet_cbl(at / "decode1", scaled_width(32, options.width), options.classes));
}

Tensor MFNet::operator()(const Inputs& in, Mode mode) const {
  std::vector<MFNetEncoder::Features> streams;
  for (std::size_t i = 0; i < encoders_.size(); ++i) {
    const Spectra seen = spectra_ != Spectra::both ? spectra_ : i == 0 ? Spectra::rgb : Spectra::thermal;
    streams.push_back(encoders_[i](stream_input("mfnet", in, seen, size_multiple()), in, mode));
  }
  const auto joined = [&](Tensor MFNetEncoder::Features::*level) {
    std::vector<Tensor> parts;
    for (auto& stream : streams) parts.push_back(std::move(stream.*level));
    return join(parts);
  };
  Tensor y = joined(&MFNetEncoder::Features::deepest);
  const std::vector<Tensor MFNetEncoder::Features::*> skips{&MFNetEncoder::Features::p4, &MFNetEncoder::Features::p3,
                                                            &MFNetEncoder::Features::p2, nullptr};
  for (std::size_t step = 0; step < decoder_.size(); ++step) {
    y = engine::resize(y, {2 * static_cast<int>(y.shape().h()), 2 * static_cast<int>(y.shape().w())},
                       {.interpolation = kernels::Interpolation::nearest});
    if (skips[step] != nullptr) y = engine::add(y, joined(skips[step]));
    y = decoder_[step](y, mode);
    if (step < 3) in.feature("decode" + std::to_string(4 - step), y);
  }
  return y;
}

}  // namespace models
