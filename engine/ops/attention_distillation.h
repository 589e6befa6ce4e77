// SPDX-License-Identifier: Apache-2.0
// Activation-based attention transfer between features (Zagoruyko and Komodakis 2017), in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/attention_distillation.h"

namespace engine {

// student [n, c, h, w], teacher [n, d, h, w], f32 or bf16 each. Result {}, master type. Differentiable in student;
// teacher is a constant. Throws ShapeError, DeviceError.
Tensor attention_distillation(const Tensor& student, const Tensor& teacher);

}  // namespace engine
