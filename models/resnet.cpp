// SPDX-License-Identifier: Apache-2.0
#include "models/resnet.h"

#include <map>

#include "engine/ops/max_pool2d.h"
#include "kernels/error.h"

namespace models {

namespace {

using engine::Activation;
using engine::nn::Conv2dConfig;
using engine::nn::ConvBnConfig;

struct Design {
  std::array<int, 4> blocks;
  int expansion;  // Output channels of a block over its inner ones; 1 marks the basic block.
};

const Design& design_of(int depth) {
  static const std::map<int, Design> designs{{18, {{2, 2, 2, 2}, 1}},
                                             {34, {{3, 4, 6, 3}, 1}},
                                             {50, {{3, 4, 6, 3}, 4}},
                                             {101, {{3, 4, 23, 3}, 4}},
                                             {152, {{3, 8, 36, 3}, 4}}};
  const auto found = designs.find(depth);
  if (found == designs.end())
    throw kernels::UsageError("resnet: depth {} does not exist; 18, 34, 50, 101 and 152 do", depth);
  return found->second;
}

ConvBnConfig convolution(int in, int out, int kernel, int stride, Activation activation) {
  return {.conv = {.in = in,
                   .out = out,
                   .kernel = kernel,
                   .stride = stride,
                   .padding = kernel / 2,
                   .start = Conv2dConfig::Start::kaiming_normal},
          .activation = activation};
}

ResidualBlock block(const Scope& at, int in, int inner, int expansion, int stride) {
  ResidualBlock result;
  const auto add = [&](int index, int from, int to, int kernel, int step) {
    const std::string number = std::to_string(index);
    result.convolutions.emplace_back(at / ("conv" + number), at / ("bn" + number),
                                     convolution(from, to, kernel, step, Activation::relu()));
  };
  const int out = inner * expansion;
  if (expansion == 1) {
    add(1, in, inner, 3, stride);
    add(2, inner, inner, 3, 1);
  } else {
    add(1, in, inner, 1, 1);
    add(2, inner, inner, 3, stride);
    add(3, inner, out, 1, 1);
  }
  if (stride != 1 || in != out)
    result.downsample.emplace(at / "downsample" / 0, at / "downsample" / 1,
                              convolution(in, out, 1, stride, Activation::none()));
  return result;
}

}  // namespace

Tensor ResidualBlock::operator()(const Tensor& x, Mode mode) const {
  const Tensor shortcut = downsample ? (*downsample)(x, mode) : x;
  Tensor y = x;
  for (std::size_t i = 0; i + 1 < convolutions.size(); ++i) y = convolutions[i](y, mode);
  return convolutions.back()(y, mode, shortcut);
}

ResNet::ResNet(const Scope& at, const ResNetOptions& options)
    : stem_(at / (options.prefix + "conv1"), at / (options.prefix + "bn1"),
            convolution(options.image_channels, scaled_width(64, options.width), 7, 2, Activation::relu())) {
  const Design& design = design_of(options.depth);
  int in = channels_[0] = scaled_width(64, options.width);
  for (int layer = 0; layer < options.layers; ++layer) {
    const int inner = scaled_width(64 << layer, options.width);
    const auto index = static_cast<std::size_t>(layer);
    const Scope scope = at / (options.prefix + "layer" + std::to_string(layer + 1));
    for (int i = 0; i < design.blocks[index]; ++i) {
      layers_[index].push_back(block(scope / i, in, inner, design.expansion, i == 0 && layer > 0 ? 2 : 1));
      in = inner * design.expansion;
    }
    channels_[index + 1] = in;
  }
}

Tensor ResNet::stage(int index, const Tensor& x, Mode mode) const {
  if (index == 0) return stem_(x, mode);
  Tensor y = index == 1 ? engine::max_pool2d(x, {.kernel = 3, .stride = 2, .padding = 1}) : x;
  for (const ResidualBlock& each : layers_[static_cast<std::size_t>(index - 1)]) y = each(y, mode);
  return y;
}

}  // namespace models
