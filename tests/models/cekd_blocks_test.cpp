// SPDX-License-Identifier: Apache-2.0
// CENet's edge module, attention and BoT stage, and PiDiNet's operators, against their authors' numbers.
#include <optional>

#include "models/bot_encoder.h"
#include "models/pidinet.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden_block.h"

using namespace test;
using engine::nn::Mode;
using engine::nn::Scope;

namespace {

GoldenBlock small(const std::string& module, const Shape& input) {
  return {"cekd", "blocks_small", module, "cekd.blocks", "", input};
}

void compare_on_every_device(const GoldenBlock& golden, const BlockMaker& make) {
  for (const auto& queue : every_queue()) compare_block(golden, make, queue);
}

}  // namespace

TEST_CASE("the edge module equals its authors'") {
  compare_on_every_device(small("ed", {2, 16, 24, 20}), [](const Scope& at) {
    return [module = models::EdgeModule(at, 16, 16)](const Tensor& x) {
      return module(x, {}, Mode::train);
    };
  });
}

TEST_CASE("attention with absolute position embeddings equals its authors'") {
  compare_on_every_device(small("attention", {2, 12, 6, 8}), [](const Scope& at) {
    const engine::nn::AttentionConfig config{.in = 12, .heads = 4, .channels = 8, .map = {6, 8}};
    return [module = engine::nn::Attention(at, config)](const Tensor& x) {
      return module(x);
    };
  });
}

TEST_CASE("a BoT stage equals its authors'") {
  compare_on_every_device(small("bot_stack", {2, 16, 8, 12}), [](const Scope& at) {
    const models::BotStageOptions options{
        .in = 16, .out = 32, .bottleneck = 8, .heads = 2, .head_channels = 6, .map = {8, 12}};
    return [module = models::BotStage(at, options)](const Tensor& x) {
      return module(x, {}, "", Mode::train);
    };
  });
}

TEST_CASE("pixel-difference convolutions equal their authors'") {
  using models::PixelDifference;
  struct Operator {
    std::string name;
    std::optional<PixelDifference> kind;
    int dilation;
  };
  for (const Operator& each :
       {Operator{"cv_dilation1", std::nullopt, 1}, Operator{"cd_dilation1", PixelDifference::central, 1},
        Operator{"cd_dilation2", PixelDifference::central, 2}, Operator{"ad_dilation1", PixelDifference::angular, 1},
        Operator{"ad_dilation2", PixelDifference::angular, 2}, Operator{"rd_dilation1", PixelDifference::radial, 1},
        Operator{"rd_dilation2", PixelDifference::radial, 2}}) {
    INFO(each.name);
    compare_on_every_device({"cekd", "pidinet_small", each.name, "cekd.pdn", "", {2, 6, 9, 11}}, [&](const Scope& at) {
      const engine::nn::Conv2dConfig config{
          .in = 6, .out = 4, .dilation = each.dilation, .groups = 2, .bias = engine::nn::Conv2dConfig::Bias::present};
      return [conv = models::PixelDifferenceConv2d(at, config, each.kind)](const Tensor& x) {
        return conv(x);
      };
    });
  }
}
