// SPDX-License-Identifier: Apache-2.0
// Multi-head self-attention over all positions of a map, with absolute position embeddings on the keys.
#pragma once

#include "engine/tensor.h"
#include "kernels/attention.h"

namespace engine {

using kernels::AttentionOptions;

// qkv [n, 3 heads d, h, w] f32 or bf16: q, then k, then v, each head by head; height [h, d] and width [w, d] in the
// master type. Result [n, heads d, h, w] (kernels/attention.h has the formula). Beside its inputs it keeps one number
// per head and position for the gradient. Differentiable in all three. Throws ShapeError, DTypeError, DeviceError.
Tensor attention(const Tensor& qkv, const Tensor& height, const Tensor& width, const AttentionOptions& options);

}  // namespace engine
