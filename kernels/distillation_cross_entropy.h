// SPDX-License-Identifier: Apache-2.0
// Cross entropy of a student's class probabilities against a teacher's, both softened by a temperature T (Hinton et
// al. 2015, without the factor T^2):
//   loss = mean over pixels of - sum over c of softmax(teacher / T)[c] log_softmax(student / T)[c]
// student and teacher [n, c, h, w] of one type, f32 or bf16, computed in f32 and summed in f64; loss {} f32. On
// reference all are f64.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

struct DistillationCrossEntropyOptions {
  double temperature = 1;
};

using DistillationCrossEntropyForward = void(Queue&, const DistillationCrossEntropyOptions&, ConstView student,
                                             ConstView teacher, View loss);
// dstudent = dloss * (softmax(student / T) - softmax(teacher / T)) / (T pixels).
using DistillationCrossEntropyGrad = void(Queue&, const DistillationCrossEntropyOptions&, ConstView student,
                                          ConstView teacher, ConstView dloss, View dstudent);

namespace reference {
DistillationCrossEntropyForward distillation_cross_entropy_forward;
DistillationCrossEntropyGrad distillation_cross_entropy_grad;
}  // namespace reference
namespace cpu {
DistillationCrossEntropyForward distillation_cross_entropy_forward;
DistillationCrossEntropyGrad distillation_cross_entropy_grad;
}  // namespace cpu
namespace cuda {
DistillationCrossEntropyForward distillation_cross_entropy_forward;
DistillationCrossEntropyGrad distillation_cross_entropy_grad;
}  // namespace cuda

inline constexpr Kernel distillation_cross_entropy_forward{
    "distillation_cross_entropy_forward", &reference::distillation_cross_entropy_forward,
    &cpu::distillation_cross_entropy_forward, CUDA_SLOT(cuda::distillation_cross_entropy_forward)};
inline constexpr Kernel distillation_cross_entropy_grad{
    "distillation_cross_entropy_grad", &reference::distillation_cross_entropy_grad,
    &cpu::distillation_cross_entropy_grad, CUDA_SLOT(cuda::distillation_cross_entropy_grad)};

}  // namespace kernels
