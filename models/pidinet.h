// SPDX-License-Identifier: Apache-2.0
// PiDiNet: edges by convolutions that weigh differences of pixels (Su et al., "Pixel difference networks for efficient
// edge detection", ICCV 2021), in its configuration "carv4": central, angular, radial and plain convolutions take turns
// over 16 layers.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "engine/ops/pixel_difference.h"
#include "models/edge_module.h"

namespace models {

using engine::PixelDifference;

// A 3x3 convolution of one of four kinds, stride 1, that keeps the size of the image. `kind` absent: the plain one.
struct PixelDifferenceConv2d {
  engine::nn::Conv2d conv;
  std::optional<PixelDifference> kind;

  // `config`: kernel 3; its padding is the dilation.
  PixelDifferenceConv2d(const Scope& at, const engine::nn::Conv2dConfig& config, std::optional<PixelDifference> kind);
  Tensor operator()(const Tensor& x) const;
};

// Depthwise 3x3, ReLU, 1x1, plus shortcut. The first block of stages 2 to 4 halves the image first (max pool) and has a
// 1x1 shortcut.
struct PixelDifferenceBlock {
  std::optional<engine::nn::Conv2d> shortcut;
  PixelDifferenceConv2d depthwise;
  engine::nn::Conv2d pointwise;

  enum class Place { halves_image, within_stage };
  struct Options {
    int in = 0, out = 0;
    std::optional<PixelDifference> kind;
    Place place = Place::within_stage;
  };
  PixelDifferenceBlock(const Scope& at, const Options& options);
  Tensor operator()(const Tensor& x) const;
};

class PiDiNet final : public SegmentationModel {
 public:
  struct Options {
    int channels = 20;  // Of the first stage: 20 (tiny), 30 (small) or 60.
    int narrow = 8;     // Of the side outputs: 8, 12 or 24.
    double width = 1;
  };
  static constexpr int side_outputs = 4;

  PiDiNet(const Scope& at, const Options& options);
  // Probabilities of an edge [n, 1, h, w] of an RGB image: one per stage, at 1/1, 1/2, 1/4 and 1/8, and the one that
  // joins them, last. Features output0 to output4.
  std::array<Tensor, side_outputs + 1> forward(const Inputs& in) const;
  // The joining one. Nothing in the network depends on the mode.
  Tensor operator()(const Inputs& in, Mode) const override { return forward(in).back(); }
  int size_multiple() const override { return 8; }

 private:
  std::optional<PixelDifferenceConv2d> first_;
  std::vector<PixelDifferenceBlock> blocks_;  // Three, four, four and four.
  std::vector<engine::nn::Conv2d> reduce_;
  std::vector<SpatialAttention> attention_;
  std::vector<DilationModule> dilation_;
  std::optional<engine::nn::Conv2d> join_;
};

}  // namespace models
