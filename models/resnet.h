// SPDX-License-Identifier: Apache-2.0
// ResNet backbones without pooling and classifier (He et al., "Deep residual learning for image recognition", 2015), in
// torchvision's layout: the stride of a bottleneck sits in its 3x3 convolution.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/conv_bn.h"
#include "models/segmentation_model.h"

namespace models {

using engine::nn::ConvBn;

// One residual block of either kind: two 3x3 convolutions (depths 18, 34), or 1x1, 3x3, 1x1 (50, 101, 152).
struct ResidualBlock {
  std::vector<ConvBn> convolutions;  // The last one adds the shortcut and then applies ReLU.
  std::optional<ConvBn> downsample;  // Where the shape changes.

  Tensor operator()(const Tensor& x, Mode mode) const;
};

struct ResNetOptions {
  int depth = 50;  // 18, 34, 50, 101 or 152.
  int layers = 4;  // How many of layer1 to layer4 are built.
  int image_channels = 3;
  double width = 1;
  // "encoder_rgb_" gives encoder_rgb_conv1, encoder_rgb_bn1, encoder_rgb_layer1.0.conv1, ...
  std::string prefix;
};

class ResNet {
 public:
  static constexpr int stages = 5;

  // Throws UsageError for another depth.
  ResNet(const Scope& at, const ResNetOptions& options);

  // Stage 0 is the stem up to its ReLU (1/2 of the image), stage 1 begins with the max pool (1/4), then 1/8, 1/16,
  // 1/32.
  Tensor stage(int index, const Tensor& x, Mode mode) const;
  int channels(int stage_index) const { return channels_[static_cast<std::size_t>(stage_index)]; }

 private:
  ConvBn stem_;
  std::array<std::vector<ResidualBlock>, 4> layers_;
  std::array<int, stages> channels_{};
};

}  // namespace models
