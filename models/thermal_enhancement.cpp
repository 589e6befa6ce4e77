// SPDX-License-Identifier: Apache-2.0
#include "models/thermal_enhancement.h"

#include "engine/ops/cast.h"
#include "engine/ops/elementwise_unary.h"
#include "engine/ops/max_pool2d.h"
#include "engine/ops/power.h"
#include "kernels/error.h"

namespace models {

namespace {

using engine::Activation;
using engine::nn::Conv2dConfig;

constexpr int hidden = 20;  // Outputs of the first fully connected layer.

engine::nn::ConvBnConfig halving() {
  return {.conv = {.in = 1, .out = 1, .kernel = 3, .stride = 2, .padding = 1, .bias = Conv2dConfig::Bias::present},
          .activation = Activation::relu()};
}

// Pixels of the map that is left after the pools and convolutions.
int pixels(Size2 image) {
  if (image.w < 64)
    throw kernels::ShapeError("thermal enhancement: nothing is left of images of {}; they must be 64 wide", image);
  return (image.h / 64 + 1) * (image.w / 64);
}

}  // namespace

ThermalEnhancement::ThermalEnhancement(const Scope& at, const Options& options)
    : options_(options),
      first_(at / "expweight" / "conv1", at / "expweight" / "bn1", halving()),
      second_(at / "expweight" / "conv2", at / "expweight" / "bn2", halving()),
      third_(at / "expweight" / "fc1", pixels(options.size), hidden),
      third_norm_(at / "expweight" / "bn3", hidden),
      fourth_(at / "expweight" / "fc2", hidden, 1) {}

Tensor ThermalEnhancement::exponent(const Tensor& thermal, const Inputs& in, Mode mode) const {
  const auto& shape = thermal.shape();
  if (shape.h() != options_.size.h || shape.w() != options_.size.w)
    throw kernels::ShapeError("thermal enhancement: made for images of {}, got {}x{}", options_.size, shape.h(),
                              shape.w());
  if (mode == Mode::train && shape.n() < 2)
    throw kernels::ShapeError(
        "thermal enhancement: its batch norm takes statistics over the images of a batch, so it cannot train on one "
        "image alone: take batches of two or more and leave out a last batch of one, or freeze batch norm");
  // The map shrinks to a handful of numbers that decide an exponent, so it is computed in the master type.
  const Tensor pooled =
      engine::cast(engine::max_pool2d(thermal, {.kernel = 4, .stride = 4}), engine::master_dtype(thermal.queue()));
  const Tensor one = first_(pooled, mode);
  in.feature("relu1", one);
  const Tensor two = second_(engine::max_pool2d(one, {.kernel = 2, .stride = 2}), mode);
  in.feature("relu2", two);
  const Tensor rest = engine::max_pool2d(two, {.kernel = 2, .stride = 2, .padding = {1, 0}});
  in.feature("maxpool3", rest);
  const Tensor flat = rest.reshape({shape.n(), rest.elements() / shape.n()});
  // In training the layer's bias cancels in the normalisation, as in ConvBn.
  const bool training = mode == Mode::train;
  const Tensor three = (training ? third_.without_bias(flat) : third_(flat)).reshape({shape.n(), hidden, 1, 1});
  const Tensor normalised =
      third_norm_(three, mode, Activation::none(), {}, training ? third_.bias : Tensor{}).reshape({shape.n(), hidden});
  in.feature("bn3", normalised);
  const Tensor delta = fourth_(engine::relu(normalised));
  in.feature("delta", delta);
  return delta;
}

Tensor ThermalEnhancement::enhance(const Tensor& thermal, const Tensor& delta) const {
  return engine::power(thermal, delta, {.shift = options_.lambda});
}

}  // namespace models
