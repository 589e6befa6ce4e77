// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/attention.h"

#include <cmath>

#include "engine/ops/attention.h"
#include "kernels/error.h"

namespace engine::nn {

Attention::Attention(const Scope& at, const AttentionConfig& c)
    : config(c), to_qkv(at / "to_qkv", {.in = c.in, .out = 3 * c.heads * c.channels, .kernel = 1}) {
  const Initialisation start = Initialisation::normal(1 / std::sqrt(static_cast<double>(c.channels)));
  const Scope positions = at / "pos_emb";
  height = positions.parameter("height", {c.map.h, c.channels}, start, StateEntry::Rows::resampled);
  width = positions.parameter("width", {c.map.w, c.channels}, start, StateEntry::Rows::resampled);
}

Tensor Attention::operator()(const Tensor& x) const {
  if (x.shape().h() != config.map.h || x.shape().w() != config.map.w)
    throw kernels::ShapeError("attention: made for maps of {}, got {}x{}", config.map, x.shape().h(), x.shape().w());
  return attention(to_qkv(x), height, width, {.heads = config.heads});
}

}  // namespace engine::nn
