// SPDX-License-Identifier: Apache-2.0
// What every segmentation network is to training, evaluation and tracing.
#pragma once

#include <functional>
#include <string>

#include "engine/nn/mode.h"
#include "engine/nn/parameter_store.h"
#include "engine/tensor.h"

namespace models {

using engine::Tensor;
using engine::nn::Mode;
using engine::nn::Scope;
using kernels::Size2;

// Called with inner features by name while a network runs; traces and tests listen.
using FeatureListener = std::function<void(const std::string& name, const Tensor& feature)>;

// One batch in network units, in the precision that the network shall compute in. Either may be absent where a network
// does not use it.
struct Inputs {
  Tensor rgb;      // [n, 3, h, w]
  Tensor thermal;  // [n, 1, h, w]
  FeatureListener listener = {};

  void feature(const std::string& name, const Tensor& value) const {
    if (listener) listener(name, value);
  }
};

// Which spectra a network sees: both in streams of their own, one, or both as one 4-channel image.
enum class Spectra { both, rgb, thermal, four_channels };

class SegmentationModel {
 public:
  virtual ~SegmentationModel() = default;
  // Logits [n, classes, h, w].
  virtual Tensor operator()(const Inputs& in, Mode mode) const = 0;
  // Heights and widths must be multiples of this.
  virtual int size_multiple() const = 0;
  // The one size of images that the network was made for; {0, 0}: any.
  virtual Size2 fixed_size() const { return {0, 0}; }
};

// The 4-channel image of a single-stream network, or the one spectrum that it sees. Throws ShapeError where the
// spectrum is absent or its size is no multiple of `multiple`.
Tensor stream_input(const char* network, const Inputs& in, Spectra spectra, int multiple);

// c inner channels at --width F: max(2, 2 * round(F * c / 2)).
int scaled_width(int channels, double width);

}  // namespace models
