// SPDX-License-Identifier: Apache-2.0
// Multi-head self-attention over all positions of a map. State: to_qkv.weight (3 * heads * channels, in, 1, 1),
// pos_emb.height (h, channels), pos_emb.width (w, channels); weights of a map of another size are resampled.
#pragma once

#include "engine/nn/conv2d.h"

namespace engine::nn {

struct AttentionConfig {
  int in = 0, heads = 1, channels = 0;  // Channels of one head.
  Size2 map;
};

struct Attention {
  AttentionConfig config;
  Conv2d to_qkv;
  Tensor height, width;

  Attention(const Scope& at, const AttentionConfig& config);
  // [n, in, h, w] to [n, heads * channels, h, w]. Throws ShapeError for another map than the configured one.
  Tensor operator()(const Tensor& x) const;
};

}  // namespace engine::nn
