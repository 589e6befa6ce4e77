// SPDX-License-Identifier: Apache-2.0
// Attention transfer (Zagoruyko and Komodakis 2017, activation-based, squares): where a student's feature is strong in
// an image, the teacher's shall be, too. With A_i the mean over the channels of f_i^2 at pixel i of m,
//   q_i = A_i / max(|A|, 1e-12),  loss = mean over images and pixels of (q_i of the student - q_i of the teacher)^2
// |A| is the Euclidean norm over the pixels of an image. student [n, c, h, w] and teacher [n, d, h, w] f32 or bf16;
// maps and sums f32 at least; loss {} f32. On reference all are f64.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

inline constexpr double least_attention_norm = 1e-12;

struct AttentionMaps {
  View student, teacher;  // [n, m] f32: q.
  View norm;              // [n] f32: |A| of the student.
};
inline double bytes_of_argument(const AttentionMaps& maps) {
  return bytes_of_argument(maps.student) + bytes_of_argument(maps.teacher);
}

// `maps` are written.
using AttentionDistillationForward = void(Queue&, ConstView student, ConstView teacher, View loss,
                                          const AttentionMaps& maps);
// With g = dloss * 2 (q - q of the teacher) / (n m):
//   dstudent = 2 f / c * (g - q (q . g)) / |A|,  0 in an image whose |A| is below its least.
using AttentionDistillationGrad = void(Queue&, ConstView student, const AttentionMaps& maps, ConstView dloss,
                                       View dstudent);

namespace reference {
AttentionDistillationForward attention_distillation_forward;
AttentionDistillationGrad attention_distillation_grad;
}  // namespace reference
namespace cpu {
AttentionDistillationForward attention_distillation_forward;
AttentionDistillationGrad attention_distillation_grad;
}  // namespace cpu
namespace cuda {
AttentionDistillationForward attention_distillation_forward;
AttentionDistillationGrad attention_distillation_grad;
}  // namespace cuda

inline constexpr Kernel attention_distillation_forward{
    "attention_distillation_forward", &reference::attention_distillation_forward, &cpu::attention_distillation_forward,
    CUDA_SLOT(cuda::attention_distillation_forward)};
inline constexpr Kernel attention_distillation_grad{
    "attention_distillation_grad", &reference::attention_distillation_grad, &cpu::attention_distillation_grad,
    CUDA_SLOT(cuda::attention_distillation_grad)};

}  // namespace kernels
