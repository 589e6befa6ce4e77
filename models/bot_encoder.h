// SPDX-License-Identifier: Apache-2.0
// ResNet-50 whose last stage attends over all positions (Srinivas et al., "Bottleneck transformers for visual
// recognition", CVPR 2021), as CEKD's encoders use it: with absolute position embeddings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/nn/attention.h"
#include "models/resnet.h"

namespace models {

struct BotStageOptions {
  int in = 1024, out = 2048;
  int bottleneck = 512;  // Channels before the attention.
  int heads = 4, head_channels = 512;
  int blocks = 3;
  Size2 map = {30, 40};  // Of the input. The first block halves it.
};

// One block: 1x1, attention, (average pool,) 1x1, and a shortcut; batch norm after each. State below net.N of the
// stage.
struct BotBlock {
  std::optional<ConvBn> shortcut;
  ConvBn enter;
  engine::nn::Attention attention;
  engine::nn::BatchNorm2d attended;
  ConvBn leave;

  BotBlock(const Scope& at, int in, const BotStageOptions& options, Size2 map);
  // `attention_feature`: the name under which the listener gets the attention's result; none where empty.
  Tensor operator()(const Tensor& x, const Inputs& in, const std::string& attention_feature, Mode mode) const;
};

struct BotStage {
  std::vector<BotBlock> blocks;

  BotStage(const Scope& at, const BotStageOptions& options);
  // [n, in, h, w] to [n, out, h / 2, w / 2]. Throws ShapeError for another map than the options'.
  Tensor operator()(const Tensor& x, const Inputs& in, const std::string& attention_feature, Mode mode) const;
};

struct BotEncoderOptions {
  int image_channels = 3;
  double width = 1;
  Size2 size = {480, 640};  // Of the images; multiples of 32.
  std::string prefix;       // As in ResNetOptions.
  std::string attention_feature;
};

class BotEncoder {
 public:
  static constexpr int stages = ResNet::stages;

  BotEncoder(const Scope& at, const BotEncoderOptions& options);
  Tensor stage(int index, const Tensor& x, const Inputs& in, Mode mode) const;
  int channels(int stage_index) const { return stage_index < 4 ? resnet_.channels(stage_index) : deepest_; }

 private:
  ResNet resnet_;  // Up to layer 3.
  int deepest_;
  std::string attention_feature_;
  BotStage attention_;
};

}  // namespace models
