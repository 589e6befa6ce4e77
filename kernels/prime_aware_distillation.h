// SPDX-License-Identifier: Apache-2.0
// Prime-aware adaptive distillation (Zhang et al. 2020): the student's feature is the mean of a normal distribution
// whose variance it predicts as well, so that samples which it cannot follow count less:
//   loss = mean over all elements of (teacher - student)^2 exp(-log_variance) + log_variance
// student, teacher and log_variance have one shape and type, f32 or bf16, computed in f32 and summed in f64; loss {}
// f32. On reference all are f64.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

struct PrimeAwareInputs {
  ConstView student, teacher, log_variance;
};
struct PrimeAwareGradients {
  View dstudent, dlog_variance;
};
inline double bytes_of_argument(const PrimeAwareInputs& inputs) {
  return bytes_of_argument(inputs.student) + bytes_of_argument(inputs.teacher) + bytes_of_argument(inputs.log_variance);
}
inline double bytes_of_argument(const PrimeAwareGradients& gradients) {
  return bytes_of_argument(gradients.dstudent) + bytes_of_argument(gradients.dlog_variance);
}

using PrimeAwareDistillationForward = void(Queue&, const PrimeAwareInputs&, View loss);
// With d = student - teacher and p = exp(-log_variance):
//   dstudent = dloss * 2 d p / elements,  dlog_variance = dloss * (1 - d^2 p) / elements.
using PrimeAwareDistillationGrad = void(Queue&, const PrimeAwareInputs&, ConstView dloss, const PrimeAwareGradients&);

namespace reference {
PrimeAwareDistillationForward prime_aware_distillation_forward;
PrimeAwareDistillationGrad prime_aware_distillation_grad;
}  // namespace reference
namespace cpu {
PrimeAwareDistillationForward prime_aware_distillation_forward;
PrimeAwareDistillationGrad prime_aware_distillation_grad;
}  // namespace cpu
namespace cuda {
PrimeAwareDistillationForward prime_aware_distillation_forward;
PrimeAwareDistillationGrad prime_aware_distillation_grad;
}  // namespace cuda

inline constexpr Kernel prime_aware_distillation_forward{
    "prime_aware_distillation_forward", &reference::prime_aware_distillation_forward,
    &cpu::prime_aware_distillation_forward, CUDA_SLOT(cuda::prime_aware_distillation_forward)};
inline constexpr Kernel prime_aware_distillation_grad{
    "prime_aware_distillation_grad", &reference::prime_aware_distillation_grad, &cpu::prime_aware_distillation_grad,
    CUDA_SLOT(cuda::prime_aware_distillation_grad)};

}  // namespace kernels
