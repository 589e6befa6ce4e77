// SPDX-License-Identifier: Apache-2.0
// CENet's edge module (Feng, Guo and Sun, "CEKD: cross-modal edge-privileged knowledge distillation for semantic scene
// understanding using only thermal images", RA-L 2023), with the two modules it borrows from PiDiNet (Su et al., "Pixel
// difference networks for efficient edge detection", ICCV 2021).
#pragma once

#include <vector>

#include "engine/nn/conv_bn.h"
#include "models/segmentation_model.h"

namespace models {

// PiDiNet's compact dilation convolution module: ReLU, 1x1, then the sum of four 3x3 convolutions of dilation 5, 7, 9
// and 11. [n, in, h, w] to [n, out, h, w].
struct DilationModule {
  engine::nn::Conv2d narrow;
  std::vector<engine::nn::Conv2d> dilated;

  DilationModule(const Scope& at, int in, int out);
  Tensor operator()(const Tensor& x) const;
  // The same of an x that a ReLU made.
  Tensor of_rectified(const Tensor& x) const;
};

// PiDiNet's compact spatial attention module: x times one weight in (0, 1) per pixel.
struct SpatialAttention {
  engine::nn::Conv2d narrow, weigh;

  SpatialAttention(const Scope& at, int channels);
  Tensor operator()(const Tensor& x) const;
};

// [n, in, h, w] to the probability of an edge, [n, 1, h, w]. Features ed_cdcm, ed_csam.
struct EdgeModule {
  engine::nn::ConvBn enter;
  DilationModule dilation;
  SpatialAttention attention;
  engine::nn::Conv2d leave;

  EdgeModule(const Scope& at, int in, int channels);
  Tensor operator()(const Tensor& x, const Inputs& in, Mode mode) const;
};

}  // namespace models
