// SPDX-License-Identifier: Apache-2.0
// Cross entropy against a teacher's class probabilities at a temperature, in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/distillation_cross_entropy.h"

namespace engine {

using kernels::DistillationCrossEntropyOptions;

// student and teacher logits [n, c, h, w] of one type, f32 or bf16. Result {}, master type. Differentiable in student;
// teacher is a constant. Throws ShapeError, DTypeError, DeviceError, and UsageError for a temperature that is not
// positive.
Tensor distillation_cross_entropy(const Tensor& student, const Tensor& teacher,
                                  const DistillationCrossEntropyOptions& options = {});

}  // namespace engine
