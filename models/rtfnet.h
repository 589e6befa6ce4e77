// SPDX-License-Identifier: Apache-2.0
// RTFNet: two ResNet encoders, thermal added into RGB after every stage, five-step residual decoder (Sun, Zuo and Liu,
// "RTFNet: RGB-thermal fusion network for semantic segmentation of urban scenes", RA-L 2019). Class scores pass a ReLU.
#pragma once

#include <optional>
#include <vector>

#include "engine/nn/conv_bn.h"
#include "models/resnet.h"

namespace models {

// One decoder layer, the authors' pair of "Upception" blocks: A keeps the shape, B doubles the size and sets the
// channels.
struct UpBlock {
  ConvBn a1, a2, a3;
  ConvBn b1, b2;
  engine::nn::ConvTransposeBn b3, shortcut;

  UpBlock(const Scope& at, int in, int out);
  Tensor operator()(const Tensor& x, Mode mode) const;
};

class RTFNet final : public SegmentationModel {
 public:
  struct Options {
    int depth = 152, classes = 9;
    double width = 1;
    Spectra spectra = Spectra::both;
  };
  RTFNet(const Scope& at, const Options& options);
  Tensor operator()(const Inputs& in, Mode mode) const override;
  int size_multiple() const override { return 32; }

 private:
  Tensor encode(const Inputs& in, Mode mode) const;

  Spectra spectra_;
  std::optional<ResNet> thermal_, rgb_;
  std::vector<UpBlock> decoder_;
};

}  // namespace models
