// SPDX-License-Identifier: Apache-2.0
// EKNet, CEKD's student, which sees the thermal image alone: CENet's thermal encoder, its decoder without edge module,
// and thermal enhancement (Feng, Guo and Sun, "CEKD: cross-modal edge-privileged knowledge distillation for semantic
// scene understanding using only thermal images", RA-L 2023). Without the enhancement it is the letter's KDNet. Class
// scores pass a ReLU.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "models/bot_encoder.h"
#include "models/rtfnet.h"
#include "models/thermal_enhancement.h"

namespace models {

struct EKNetOutputs {
  Tensor logits;   // [n, classes, h, w], not negative.
  Tensor deepest;  // f5 without the enhanced map, [n, 2048, h / 32, w / 32].
  Tensor hint;     // E_t, decoder stage 3 without the enhanced map, [n, 256, h / 4, w / 4].
  Tensor delta;    // The learned part of the exponent, [n, 1], master type; empty without enhancement.
};

class EKNet final : public SegmentationModel {
 public:
  enum class Enhancement { present, absent };
  struct Options {
    int classes = 9;
    double width = 1;
    Size2 size = {480, 640};  // Of the images: it decides the shape of position embeddings and of TE's first layer.
    Enhancement enhancement = Enhancement::present;
    double lambda = 2;  // What is added to the learned exponent.
  };
  // Throws ShapeError where the size is no multiple of 32.
  EKNet(const Scope& at, const Options& options);

  // Throws ShapeError for images of another size than the options', and in training mode for one image alone (TE's
  // batch norm over images has no statistics of one).
  EKNetOutputs forward(const Inputs& in, Mode mode) const;
  Tensor operator()(const Inputs& in, Mode mode) const override { return forward(in, mode).logits; }
  int size_multiple() const override { return 32; }
  Size2 fixed_size() const override { return size_; }
  int deepest_channels() const { return encoder_.channels(4); }  // Of f5.
  bool has_enhancement() const { return enhancement_.has_value(); }

  // The enhanced image I_e = I^(delta + lambda) at full size, for pictures; [n, 1, h, w]. Throws UsageError without
  // enhancement.
  Tensor enhanced_image(const Inputs& in, Mode mode) const;

 private:
  using Maps = std::array<Tensor, 5>;  // I_2, I_4, ... I_32, each [n, 1, h / k, w / k].
  Maps maps(const Tensor& thermal, const Tensor& delta, const Inputs& in) const;

  Size2 size_;
  BotEncoder encoder_;
  std::optional<ThermalEnhancement> enhancement_;
  std::vector<UpBlock> decoder_;            // deconv5 (the deepest) to deconv1.
  std::optional<engine::nn::Conv2d> skip_;  // Made last, as in the state dict.
};

}  // namespace models
