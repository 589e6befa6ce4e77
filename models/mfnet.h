// SPDX-License-Identifier: Apache-2.0
// MFNet: two small encoders, dilated mini-inceptions in the deep ones, additive skips into one decoder (Ha et al.,
// "MFNet: towards real-time semantic segmentation for autonomous vehicles with multi-spectral scenes", IROS 2017).
#pragma once

#include <optional>
#include <vector>

#include "engine/nn/conv_bn.h"
#include "models/segmentation_model.h"

namespace models {

using engine::nn::ConvBn;

// Convolution with bias, batch norm, leaky ReLU 0.2. State below NAME.conv and NAME.bn.
ConvBn mfnet_cbl(const Scope& at, int in, int out, int dilation = 1);

// Three rounds of two CBLs side by side, dilation 1 on the left and 2 on the right, concatenated.
struct MiniInception {
  std::vector<ConvBn> left, right;

  MiniInception(const Scope& at, int in, int out);
  Tensor operator()(const Tensor& x, Mode mode) const;
};

// Channels of an encoder after conv1, conv2, conv3, conv4 and conv5.
struct MFNetChannels {
  int image, c1, c2, c3, c4, c5;
};

struct MFNetEncoder {
  std::string suffix;  // "_rgb" or "_inf": how state and features are named.
  ConvBn conv1, conv2_1, conv2_2, conv3_1, conv3_2;
  MiniInception conv4, conv5;

  MFNetEncoder(const Scope& at, const std::string& suffix, const MFNetChannels& channels);

  struct Features {
    Tensor p2, p3, p4, deepest;  // At 1/2, 1/4, 1/8 and 1/16 of the image.
  };
  Features operator()(const Tensor& image, const Inputs& in, Mode mode) const;
};

class MFNet final : public SegmentationModel {
 public:
  struct Options {
    int classes = 9;
    double width = 1;
    Spectra spectra = Spectra::both;
  };
  MFNet(const Scope& at, const Options& options);
  Tensor operator()(const Inputs& in, Mode mode) const override;
  int size_multiple() const override { return 16; }

 private:
  Spectra spectra_;
  std::vector<MFNetEncoder> encoders_;  // RGB before thermal.
  std::vector<ConvBn> decoder_;         // decode4, decode3, decode2, decode1.
};

}  // namespace models
