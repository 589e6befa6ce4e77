// SPDX-License-Identifier: Apache-2.0
// CEKD's thermal enhancement: one exponent per image, learned, to which the thermal image is raised (Feng, Guo and Sun,
// RA-L 2023, section III-C).
#pragma once

#include "engine/nn/conv_bn.h"
#include "engine/nn/linear.h"
#include "models/segmentation_model.h"

namespace models {

class ThermalEnhancement {
 public:
  struct Options {
    Size2 size = {480, 640};  // Of the images; multiples of 32.
    double lambda = 2;
  };
  ThermalEnhancement(const Scope& at, const Options& options);

  // delta, [n, 1] in the master type, of thermal images [n, 1, h, w]. Throws ShapeError for images of another size and,
  // in training mode, for one image alone.
  Tensor exponent(const Tensor& thermal, const Inputs& in, Mode mode) const;
  // thermal^(delta + lambda), pixel by pixel, at whatever size `thermal` has.
  Tensor enhance(const Tensor& thermal, const Tensor& delta) const;

 private:
  Options options_;
  engine::nn::ConvBn first_, second_;
  engine::nn::Linear third_;
  engine::nn::BatchNorm2d third_norm_;
  engine::nn::Linear fourth_;
};

}  // namespace models
