// SPDX-License-Identifier: Apache-2.0
// Pair-wise similarity distillation (Liu et al. 2019; CEKD, Feng et al. 2023): the pixels of a student's feature shall
// resemble each other as those of a teacher's do. With f_i the channels of pixel i of an image of m pixels,
//   u_i = f_i / (|f_i| + 1e-8),  a_ij = u_i . u_j,
//   loss = sum over images, i and j of (a_ij of the teacher - a_ij of the student)^2 / (m^2 n)
// student [n, c, h, w] and teacher [n, d, h, w] f32 or bf16; unit vectors, similarities and sums f32 at least; loss {}
// f32. On reference all are f64. On cuda with TF32 products the similarities have their precision.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

inline constexpr double similarity_epsilon = 1e-8;  // Added to the norm of a pixel.

// What the gradient needs. Empty where it is not wanted: then the similarities of one image are kept at a time.
struct SimilaritySaved {
  View difference;    // [n, m, m] f32: a_ij of the student minus a_ij of the teacher.
  View inverse_norm;  // [n, m] f32: 1 / (|f_i| + 1e-8) of the student.
};
inline double bytes_of_argument(const SimilaritySaved& saved) {
  return bytes_of_argument(saved.difference) + bytes_of_argument(saved.inverse_norm);
}

using PairwiseSimilarityForward = void(Queue&, ConstView student, ConstView teacher, View loss,
                                       const SimilaritySaved& saved);
// The norm is a constant of the gradient, as in the published programs:
//   dstudent_i = dloss * 4 / (m^2 n) * sum over j of difference_ij inverse_norm_i inverse_norm_j f_j
using PairwiseSimilarityGrad = void(Queue&, ConstView student, const SimilaritySaved& saved, ConstView dloss,
                                    View dstudent);

namespace reference {
PairwiseSimilarityForward pairwise_similarity_forward;
PairwiseSimilarityGrad pairwise_similarity_grad;
}  // namespace reference
namespace cpu {
PairwiseSimilarityForward pairwise_similarity_forward;
PairwiseSimilarityGrad pairwise_similarity_grad;
}  // namespace cpu
namespace cuda {
PairwiseSimilarityForward pairwise_similarity_forward;
PairwiseSimilarityGrad pairwise_similarity_grad;
}  // namespace cuda

inline constexpr Kernel pairwise_similarity_forward{
    "pairwise_similarity_forward", &reference::pairwise_similarity_forward, &cpu::pairwise_similarity_forward,
    CUDA_SLOT(cuda::pairwise_similarity_forward)};
inline constexpr Kernel pairwise_similarity_grad{"pairwise_similarity_grad", &reference::pairwise_similarity_grad,
                                                 &cpu::pairwise_similarity_grad,
                                                 CUDA_SLOT(cuda::pairwise_similarity_grad)};

}  // namespace kernels
