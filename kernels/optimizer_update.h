// SPDX-License-Identifier: Apache-2.0
// One step of an optimizer on all parameters of a network at once: one pass over parameter, gradient and state. The
// update rules and the order of their operations are PyTorch's (torch.optim, single-tensor form), so that f32 runs of
// both stay together:
//   g = gradient + weight_decay * p                                 except AdamW, which takes p *= 1 - rate *
//   weight_decay sgd      m = momentum * m + (1 - dampening) * g, at the first step m = g;
//            p -= rate * m                                          Nesterov: p -= rate * (g + momentum * m)
//   adam(w)  m += (1 - beta1) (g - m);  v = beta2 * v + (1 - beta2) * g * g           (Kingma and Ba 2015,
//            p -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)   Loshchilov and Hutter 2019)
//   rmsprop  v = alpha * v + (1 - alpha) * g * g;  centered: a += (1 - alpha) (g - a), v is less by a * a in what
//   follows
//            d = g / (sqrt(v) + epsilon);  p -= rate * d            with momentum: m = momentum * m + d, p -= rate * m
// Parameters, gradients and state are f32 (f64 on reference) and of one shape per parameter.
#pragma once

#include <array>
#include <span>

#include "kernels/kernel.h"

namespace kernels {

struct ParameterUpdate {
  View parameter;
  ConstView gradient;
  // i64, one element: how many updates this parameter has seen (t above). The kernel adds one.
  View step;
  // sgd: m. adam, adamw: m, v. rmsprop: v, m, a. Empty where the options make no use of it. Zeros before the first
  // step.
  std::array<View, 3> state;
};
using ParameterUpdates = std::span<const ParameterUpdate>;
// Parameter and state are read and written.
inline double bytes_of_argument(const ParameterUpdate& update) {
  return 2 * (bytes_of_argument(update.parameter) + bytes_of_argument(update.state)) +
         bytes_of_argument(update.gradient);
}

enum class Nesterov { no, yes };
enum class Centered { no, yes };

struct SgdOptions {
  double momentum = 0, dampening = 0, weight_decay = 0;
  Nesterov nesterov = Nesterov::no;
};
struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
};
struct RmspropOptions {
  double alpha = 0.99, epsilon = 1e-8, weight_decay = 0, momentum = 0;
  Centered centered = Centered::no;
};

// rate: the learning rate, f64, one element on the device, so that a captured step follows a schedule.
using SgdUpdate = void(Queue&, const SgdOptions&, ConstView rate, ParameterUpdates);
using AdamUpdate = void(Queue&, const AdamOptions&, ConstView rate, ParameterUpdates);
using RmspropUpdate = void(Queue&, const RmspropOptions&, ConstView rate, ParameterUpdates);

namespace reference {
SgdUpdate sgd_update;
AdamUpdate adam_update, adamw_update;
RmspropUpdate rmsprop_update;
}  // namespace reference
namespace cpu {
SgdUpdate sgd_update;
AdamUpdate adam_update, adamw_update;
RmspropUpdate rmsprop_update;
}  // namespace cpu
namespace cuda {
SgdUpdate sgd_update;
AdamUpdate adam_update, adamw_update;
RmspropUpdate rmsprop_update;
}  // namespace cuda

inline constexpr Kernel sgd_update{"sgd_update", &reference::sgd_update, &cpu::sgd_update, CUDA_SLOT(cuda::sgd_update)};
inline constexpr Kernel adam_update{"adam_update", &reference::adam_update, &cpu::adam_update,
                                    CUDA_SLOT(cuda::adam_update)};
inline constexpr Kernel adamw_update{"adamw_update", &reference::adamw_update, &cpu::adamw_update,
                                     CUDA_SLOT(cuda::adamw_update)};
inline constexpr Kernel rmsprop_update{"rmsprop_update", &reference::rmsprop_update, &cpu::rmsprop_update,
                                       CUDA_SLOT(cuda::rmsprop_update)};

}  // namespace kernels
