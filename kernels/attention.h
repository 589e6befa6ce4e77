// SPDX-License-Identifier: Apache-2.0
// Multi-head self-attention over all positions of a map, with absolute position embeddings on the keys (CEKD's form of
// Srinivas et al., "Bottleneck transformers for visual recognition", CVPR 2021). For each image and head:
//   logit[i, j] = s q_i . (k_j + height[row of j] + width[column of j]),   s = 1 / sqrt(d)
//   y_i = sum over j of weight[i, j] v_j,   weight[i, .] = softmax of logit[i, .]
// qkv [n, 3 heads d, h, w] holds q, then k, then v, each head by head; y [n, heads d, h, w]; f32 or bf16 (weights and
// shifted keys are rounded to that type too, sums and softmax are f32). height [h, d] and width [w, d] are f32 (all f64
// on reference). log_sums [n, heads, h w], f32, is ln of the sum of exp(logit[i, .]): with it the gradient finds the
// weights again, so that no map of pairs is kept.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

struct AttentionOptions {
  int heads = 1;
};

struct PositionEmbeddings {
  ConstView height, width;
};

struct AttentionGeometry {
  std::int64_t images, heads, channels;  // Channels of one head.
  std::int64_t height, width;

  std::int64_t positions() const { return height * width; }
  std::int64_t panel() const { return images * heads * positions() * channels; }  // Numbers of q.
  std::int64_t rows_of_pairs() const { return images * heads * positions(); }
  std::int64_t pairs() const { return rows_of_pairs() * positions(); }
  double scale() const;
  Shape y() const { return {images, heads * channels, height, width}; }
  Shape log_sums() const { return {images, heads, positions()}; }
  AttentionGeometry of_images(std::int64_t count) const {
    AttentionGeometry part = *this;
    part.images = count;
    return part;
  }
};
// Throws ShapeError where qkv and the embeddings do not fit.
AttentionGeometry attention_geometry(const Shape& qkv, const Shape& height, const Shape& width,
                                     const AttentionOptions& options);

struct AttentionSaved {
  ConstView qkv, log_sums;
  PositionEmbeddings positions;
};
struct AttentionGradients {
  View dqkv, dheight, dwidth;  // All are assigned. The embeddings' ones may be empty.
};
inline double bytes_of_argument(const AttentionSaved& saved) {
  return bytes_of_argument(saved.qkv);
}
inline double bytes_of_argument(const AttentionGradients& gradients) {
  return bytes_of_argument(gradients.dqkv);
}

// log_sums may be empty.
using AttentionForward = void(Queue&, const AttentionOptions&, ConstView qkv, const PositionEmbeddings&, View log_sums,
                              View y);
using AttentionGrad = void(Queue&, const AttentionOptions&, ConstView dy, const AttentionSaved&,
                           const AttentionGradients&);

namespace reference {
AttentionForward attention_forward;
AttentionGrad attention_grad;
}  // namespace reference
namespace cpu {
AttentionForward attention_forward;
AttentionGrad attention_grad;
}  // namespace cpu
namespace cuda {
AttentionForward attention_forward;
AttentionGrad attention_grad;
}  // namespace cuda

inline constexpr Kernel attention_forward{"attention_forward", &reference::attention_forward, &cpu::attention_forward,
                                          CUDA_SLOT(cuda::attention_forward)};
inline constexpr Kernel attention_grad{"attention_grad", &reference::attention_grad, &cpu::attention_grad,
                                       CUDA_SLOT(cuda::attention_grad)};

}  // namespace kernels
