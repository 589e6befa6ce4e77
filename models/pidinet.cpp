// SPDX-License-Identifier: Apache-2.0
#include "models/pidinet.h"

#include "engine/ops/concat.h"
#include "engine/ops/elementwise_binary.h"
#include "engine/ops/elementwise_unary.h"
#include "engine/ops/max_pool2d.h"
#include "engine/ops/resize.h"

namespace models {

namespace {

using engine::nn::Conv2dConfig;
using engine::nn::Initialisation;

constexpr auto present = Conv2dConfig::Bias::present;

// Of layer 0, 1, ...: central, angular, radial, plain, and from the beginning.
std::optional<PixelDifference> kind_of_layer(int layer) {
  constexpr std::array kinds{PixelDifference::central, PixelDifference::angular, PixelDifference::radial};
  const auto turn = static_cast<std::size_t>(layer % 4);
  return turn < kinds.size() ? std::optional(kinds[turn]) : std::nullopt;
}

Conv2dConfig with_padding(Conv2dConfig config, std::optional<PixelDifference> kind) {
  // The radial one becomes a 5x5 convolution.
  const int reach = kind == PixelDifference::radial ? 2 : 1;
  config.kernel = 3;
  config.padding = {reach * config.dilation.h, reach * config.dilation.w};
  return config;
}

// The one that joins the side outputs begins as their mean.
Conv2dConfig joining(int inputs) {
  return {.in = inputs,
          .out = 1,
          .kernel = 1,
          .bias = present,
          .weight_start = Initialisation::constant(1.0 / inputs),
          .bias_start = Initialisation::constant(0)};
}

std::optional<engine::nn::Conv2d> shortcut_of(const Scope& at, const PixelDifferenceBlock::Options& o) {
  if (o.place == PixelDifferenceBlock::Place::within_stage) return std::nullopt;
  return engine::nn::Conv2d(at, {.in = o.in, .out = o.out, .kernel = 1, .bias = present});
}

}  // namespace

PixelDifferenceConv2d::PixelDifferenceConv2d(const Scope& at, const Conv2dConfig& config,
                                             std::optional<PixelDifference> which)
    : conv(at, with_padding(config, which)), kind(which) {}

Tensor PixelDifferenceConv2d::operator()(const Tensor& x) const {
  if (!kind) return conv(x);
  return engine::conv2d(x, engine::pixel_difference(conv.weight, *kind), conv.bias, conv.options());
}

PixelDifferenceBlock::PixelDifferenceBlock(const Scope& at, const Options& o)
    : shortcut(shortcut_of(at / "shortcut", o)),
      depthwise(at / "conv1", {.in = o.in, .out = o.in, .groups = o.in}, o.kind),
      pointwise(at / "conv2", {.in = o.in, .out = o.out, .kernel = 1}) {}

Tensor PixelDifferenceBlock::operator()(const Tensor& x) const {
  const Tensor from = shortcut ? engine::max_pool2d(x, {.kernel = 2, .stride = 2}) : x;
  const Tensor y = pointwise(engine::relu(depthwise(from)));
  return engine::add(y, shortcut ? (*shortcut)(from) : from);
}

PiDiNet::PiDiNet(const Scope& at, const Options& o) {
  const int first = scaled_width(o.channels, o.width), narrow = scaled_width(o.narrow, o.width);
  const std::array<int, side_outputs> channels{first, 2 * first, 4 * first, 4 * first};
  int layer = 0, in = first;
  first_.emplace(at / "init_block", Conv2dConfig{.in = 3, .out = first}, kind_of_layer(layer++));
  for (int stage = 1; stage <= side_outputs; ++stage)
    for (int block = 1; block <= (stage == 1 ? 3 : 4); ++block) {
      const int out = channels[static_cast<std::size_t>(stage - 1)];
      const std::string name = "block" + std::to_string(stage) + "_" + std::to_string(block);
      using Place = PixelDifferenceBlock::Place;
      const Place place = stage > 1 && block == 1 ? Place::halves_image : Place::within_stage;
      blocks_.emplace_back(at / name, PixelDifferenceBlock::Options{in, out, kind_of_layer(layer++), place});
      in = out;
    }
  for (int i = 0; i < side_outputs; ++i)
    reduce_.emplace_back(at / "conv_reduces" / i / "conv",
                         Conv2dConfig{.in = narrow, .out = 1, .kernel = 1, .bias = present});
  for (int i = 0; i < side_outputs; ++i) attention_.emplace_back(at / "attentions" / i, narrow);
  for (int i = 0; i < side_outputs; ++i)
    dilation_.emplace_back(at / "dilations" / i, channels[static_cast<std::size_t>(i)], narrow);
  join_.emplace(at / "classifier", joining(side_outputs));
}

std::array<Tensor, PiDiNet::side_outputs + 1> PiDiNet::forward(const Inputs& in) const {
  const Tensor image = stream_input("pidinet", in, Spectra::rgb, size_multiple());
  const Size2 size(static_cast<int>(image.shape().h()), static_cast<int>(image.shape().w()));
  std::vector<Tensor> sides;
  Tensor x = (*first_)(image);
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    x = blocks_[block](x);
    if (block % 4 != 2) continue;  // No end of a stage.
    const std::size_t side = block / 4;
    sides.push_back(engine::resize(reduce_[side](attention_[side](dilation_[side](x))), size));
  }
  std::array<Tensor, side_outputs + 1> outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i] = engine::sigmoid(i < sides.size() ? sides[i] : (*join_)(engine::concat(sides, 1)));
    in.feature("output" + std::to_string(i), outputs[i]);
  }
  return outputs;
}

}  // namespace models
