// SPDX-License-Identifier: Apache-2.0
// Class-balanced cross entropy of an edge map (Xie and Tu 2015; CEKD, Feng et al. 2023, equation 3). With beta the
// share of edge pixels of an image, y its labels and q the probability of an edge:
//   loss = mean over all pixels of - (1 - beta) y ln q - beta (1 - y) ln(1 - q)
// `paper`: q is the prediction itself, kept within [1e-7, 1 - 1e-7]. `code`: q is the logistic sigmoid of the
// prediction, although that has been through one already: what CEKD's published program does. prediction [n, 1, h, w]
// f32 or bf16, computed in f32 and summed in f64; edges [n, h, w] u8, 0 or 1; loss {} f32. On reference the floating
// types are f64.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class EdgeLossForm { paper, code };

struct EdgeLossOptions {
  EdgeLossForm form = EdgeLossForm::code;
};
inline constexpr double least_edge_probability = 1e-7;  // Of the paper's form.

struct EdgeLossInputs {
  ConstView prediction, edges;
};
inline double bytes_of_argument(const EdgeLossInputs& inputs) {
  return bytes_of_argument(inputs.prediction) + bytes_of_argument(inputs.edges);
}

// edge_share [n] f32 is written: beta of each image. A label that is neither 0 nor 1 throws DataError with its
// position, where the device can throw (not on cuda, where it gives NaN).
using EdgeLossForward = void(Queue&, const EdgeLossOptions&, const EdgeLossInputs&, View edge_share, View loss);
// dprediction = dloss / pixels * (beta (1 - y) / (1 - q) - (1 - beta) y / q) dq / dprediction, with dq = q (1 - q) in
// the code's form and 1, also where q is kept in bounds, in the paper's.
using EdgeLossGrad = void(Queue&, const EdgeLossOptions&, const EdgeLossInputs&, ConstView edge_share, ConstView dloss,
                          View dprediction);

namespace reference {
EdgeLossForward edge_loss_forward;
EdgeLossGrad edge_loss_grad;
}  // namespace reference
namespace cpu {
EdgeLossForward edge_loss_forward;
EdgeLossGrad edge_loss_grad;
}  // namespace cpu
namespace cuda {
EdgeLossForward edge_loss_forward;
EdgeLossGrad edge_loss_grad;
}  // namespace cuda

inline constexpr Kernel edge_loss_forward{"edge_loss_forward", &reference::edge_loss_forward, &cpu::edge_loss_forward,
                                          CUDA_SLOT(cuda::edge_loss_forward)};
inline constexpr Kernel edge_loss_grad{"edge_loss_grad", &reference::edge_loss_grad, &cpu::edge_loss_grad,
                                       CUDA_SLOT(cuda::edge_loss_grad)};

// Throws DataError, naming image, row and column, unless the label is 0 or 1.
inline void require_edge_label(int label, std::int64_t pixel, const Shape& edges) {
  if (label == 0 || label == 1) return;
  throw DataError("edge_loss: label {} at image {}, row {}, column {}: expected 0 or 1", label,
                  pixel / (edges[1] * edges[2]), pixel / edges[2] % edges[1], pixel % edges[2]);
}

}  // namespace kernels
