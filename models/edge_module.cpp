// SPDX-License-Identifier: Apache-2.0
#include "models/edge_module.h"

#include "engine/ops/elementwise_binary.h"
#include "engine/ops/elementwise_unary.h"

namespace models {

namespace {

using engine::Activation;
using engine::nn::Conv2dConfig;
using engine::nn::Initialisation;

constexpr auto present = Conv2dConfig::Bias::present;

Conv2dConfig pointwise(int in, int out) {
  return {.in = in, .out = out, .kernel = 1, .bias = present};
}
Conv2dConfig pointwise_from_zero_bias(int in, int out) {
  Conv2dConfig config = pointwise(in, out);
  config.bias_start = Initialisation::constant(0);
  return config;
}

constexpr int attention_channels = 4;

}  // namespace

DilationModule::DilationModule(const Scope& at, int in, int out)
    : narrow(at / "conv1", pointwise_from_zero_bias(in, out)) {
  for (int i = 1; i <= 4; ++i) {
    const int dilation = 3 + 2 * i;
    dilated.emplace_back(at / ("conv2_" + std::to_string(i)),
                         Conv2dConfig{.in = out, .out = out, .kernel = 3, .padding = dilation, .dilation = dilation});
  }
}

Tensor DilationModule::operator()(const Tensor& x) const {
  return of_rectified(engine::relu(x));
}

Tensor DilationModule::of_rectified(const Tensor& x) const {
  const Tensor narrowed = narrow(x);
  Tensor sum = dilated[0](narrowed);
  for (std::size_t i = 1; i < dilated.size(); ++i) sum = engine::add(sum, dilated[i](narrowed));
  return sum;
}

SpatialAttention::SpatialAttention(const Scope& at, int channels)
    : narrow(at / "conv1", pointwise_from_zero_bias(channels, attention_channels)),
      weigh(at / "conv2", {.in = attention_channels, .out = 1, .kernel = 3, .padding = 1}) {}

Tensor SpatialAttention::operator()(const Tensor& x) const {
  return engine::multiply(x, engine::sigmoid(weigh(narrow(engine::relu(x)))));
}

EdgeModule::EdgeModule(const Scope& at, int in, int channels)
    : enter(at / "skip2conv", at / "skip2bn", {.conv = pointwise(in, channels), .activation = Activation::relu()}),
      dilation(at / "cdcm", channels, channels),
      attention(at / "csam", channels),
      leave(at / "conv1x1", pointwise(channels, 1)) {}

Tensor EdgeModule::operator()(const Tensor& x, const Inputs& in, Mode mode) const {
  const Tensor dilated = dilation.of_rectified(enter(x, mode));
  in.feature("ed_cdcm", dilated);
  const Tensor attended = attention(dilated);
  in.feature("ed_csam", attended);
  return engine::sigmoid(leave(attended));
}

}  // namespace models
