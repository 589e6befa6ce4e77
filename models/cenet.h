// SPDX-License-Identifier: Apache-2.0
// CENet, CEKD's teacher: RTFNet-50 with attention in the last stage of both encoders, sums that skip to the decoder and
// an edge module whose map is added to a decoder stage (Feng, Guo and Sun, "CEKD: cross-modal edge-privileged knowledge
// distillation for semantic scene understanding using only thermal images", RA-L 2023). Class scores pass a ReLU.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "models/bot_encoder.h"
#include "models/edge_module.h"
#include "models/rtfnet.h"

namespace models {

// Where the edge module looks and where its map is added: the rows of the letter's ablation. E: encoder stages (1: half
// the image, 2: a quarter, 3: an eighth), D: decoder stages after their skip (4: an eighth, 3: a quarter, 2: half); the
// last digit is the decoder stage that the map is added to. The letter does not say how several inputs meet: here they
// are brought to the size of that stage bilinearly and concatenated. NED has no edge module.
enum class EdgePosition { NED, E123D3, E123D2, D234D2, E2D3, E1D2, D2D2, D3D3 };
// By its name in the letter. Throws UsageError that lists the names.
EdgePosition edge_position(const std::string& name);

struct CENetOutputs {
  Tensor edge;     // Probabilities [n, 1, h / 4, w / 4] (positions ...D2: half the image); empty without edge module.
  Tensor logits;   // [n, classes, h, w], not negative.
  Tensor deepest;  // f5, the fused result of the encoders, [n, 2048, h / 32, w / 32].
  Tensor hint;     // E_rt, decoder stage 3 with the edge map (where that is added there), [n, 256, h / 4, w / 4].
};

class CENet final : public SegmentationModel {
 public:
  struct Options {
    int classes = 9;
    double width = 1;
    Spectra spectra = Spectra::both;
    Size2 size = {480, 640};  // Of the images: it decides the shape of the position embeddings.
    EdgePosition edge = EdgePosition::D3D3;
  };
  // Throws ShapeError where the size is no multiple of 32.
  CENet(const Scope& at, const Options& options);

  // Throws ShapeError for images of another size than the options'.
  CENetOutputs forward(const Inputs& in, Mode mode) const;
  Tensor operator()(const Inputs& in, Mode mode) const override { return forward(in, mode).logits; }
  int size_multiple() const override { return 32; }
  Size2 fixed_size() const override { return size_; }

  bool has_edge_module() const { return edge_.has_value(); }
  // How many times smaller than the image the edge map is in each direction: 4 or 2.
  int edge_scale() const;

 private:
  using Stages = std::array<Tensor, BotEncoder::stages>;
  Stages encode(const Inputs& in, Mode mode) const;
  // Of what the edge module sees, at the size of `target`.
  Tensor edges(std::vector<Tensor> seen, const Tensor& target, const Inputs& in, Mode mode) const;

  Spectra spectra_;
  Size2 size_;
  EdgePosition position_;
  std::optional<BotEncoder> thermal_, rgb_;
  std::optional<EdgeModule> edge_;
  std::vector<UpBlock> decoder_;            // deconv5 (the deepest) to deconv1.
  std::optional<engine::nn::Conv2d> skip_;  // Made last, as in the state dict.
};

}  // namespace models
