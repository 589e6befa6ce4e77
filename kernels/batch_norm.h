// SPDX-License-Identifier: Apache-2.0
// Batch normalisation (Ioffe and Szegedy 2015) with the addition and the activation that follow it, in one pass:
//   y = act((x - mean) / sqrt(variance + epsilon) * weight + bias + residual)
// Training: mean and (biased) variance of this batch over n, h, w; running = (1 - momentum) running + momentum batch,
// the running variance with the unbiased batch variance. Frozen: the running statistics are constants.
// x, y, residual [n, c, h, w] in f32 or bf16 (f64 on reference); all per-channel vectors [c] are f32 (f64).
#pragma once

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace kernels {

struct BatchNormOptions {
  double epsilon = 1e-5, momentum = 0.1;
  Activation activation = Activation::none();
};

struct BatchNormParameters {
  ConstView weight, bias;  // Scale and shift.
};

// What training mode writes beside y: the running statistics, updated in place, and what the gradient needs.
struct BatchNormStatistics {
  View running_mean, running_variance;
  // A bias of the layer before, which cancels in y and so was left out of x; it only shifts running_mean. May be empty.
  ConstView omitted_bias;
  View mean, inverse_deviation;  // Of this batch.
  View shift;                    // bias, less what rounding left out of mean: the argument of the activation is
                                 // (x - mean) * (inverse_deviation * weight) + shift + residual, to the last bit.
};

// What the gradients read. Where the activation cut is told by y or, where nothing was added before it, found again
// from x: y may then be empty, which spares keeping it. residual's gradient is wanted where dresidual is given.
struct BatchNormSaved {
  ConstView x, y;
  ConstView mean, inverse_deviation;  // Frozen: running mean and 1 / sqrt(running variance + epsilon).
  ConstView shift;                    // Frozen: the bias. May be empty where y is given or nothing was cut.
};

struct BatchNormGradients {
  View dx, dresidual, dweight, dbias;  // Any but dx may be empty; all are assigned, not added to.
};

inline double bytes_of_argument(const BatchNormSaved& saved) {
  return bytes_of_argument(saved.x) + bytes_of_argument(saved.y);
}
inline double bytes_of_argument(const BatchNormGradients& gradients) {
  return bytes_of_argument(gradients.dx) + bytes_of_argument(gradients.dresidual);
}

// residual may be empty.
using BatchNormTrainForward = void(Queue&, const BatchNormOptions&, ConstView x, const BatchNormParameters&,
                                   ConstView residual, const BatchNormStatistics&, View y);
using BatchNormFrozenForward = void(Queue&, const BatchNormOptions&, ConstView x, const BatchNormParameters&,
                                    ConstView running_mean, ConstView running_variance, ConstView residual,
                                    View inverse_deviation, View y);
using BatchNormGrad = void(Queue&, const BatchNormOptions&, ConstView dy, const BatchNormSaved&,
                           const BatchNormParameters&, const BatchNormGradients&);

namespace reference {
BatchNormTrainForward batch_norm_train_forward;
BatchNormFrozenForward batch_norm_frozen_forward;
BatchNormGrad batch_norm_train_grad, batch_norm_frozen_grad;
}  // namespace reference
namespace cpu {
BatchNormTrainForward batch_norm_train_forward;
BatchNormFrozenForward batch_norm_frozen_forward;
BatchNormGrad batch_norm_train_grad, batch_norm_frozen_grad;
}  // namespace cpu
namespace cuda {
BatchNormTrainForward batch_norm_train_forward;
BatchNormFrozenForward batch_norm_frozen_forward;
BatchNormGrad batch_norm_train_grad, batch_norm_frozen_grad;
}  // namespace cuda

inline constexpr Kernel batch_norm_train_forward{"batch_norm_train_forward", &reference::batch_norm_train_forward,
                                                 &cpu::batch_norm_train_forward,
                                                 CUDA_SLOT(cuda::batch_norm_train_forward)};
inline constexpr Kernel batch_norm_frozen_forward{"batch_norm_frozen_forward", &reference::batch_norm_frozen_forward,
                                                  &cpu::batch_norm_frozen_forward,
                                                  CUDA_SLOT(cuda::batch_norm_frozen_forward)};
inline constexpr Kernel batch_norm_train_grad{"batch_norm_train_grad", &reference::batch_norm_train_grad,
                                              &cpu::batch_norm_train_grad, CUDA_SLOT(cuda::batch_norm_train_grad)};
inline constexpr Kernel batch_norm_frozen_grad{"batch_norm_frozen_grad", &reference::batch_norm_frozen_grad,
                                               &cpu::batch_norm_frozen_grad, CUDA_SLOT(cuda::batch_norm_frozen_grad)};

}  // namespace kernels
