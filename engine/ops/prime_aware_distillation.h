// SPDX-License-Identifier: Apache-2.0
// Prime-aware adaptive distillation of a feature (Zhang et al. 2020), in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/prime_aware_distillation.h"

namespace engine {

// student, teacher and log_variance have one shape and type, f32 or bf16. Result {}, master type. Differentiable in
// student and log_variance; teacher is a constant. Throws ShapeError, DTypeError, DeviceError.
Tensor prime_aware_distillation(const Tensor& student, const Tensor& teacher, const Tensor& log_variance);

}  // namespace engine
