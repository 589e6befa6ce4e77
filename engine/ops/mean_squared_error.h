// SPDX-License-Identifier: Apache-2.0
// Mean of squared differences, in one op: the loss between a student's feature and the hint of a teacher.
#pragma once

#include "engine/tensor.h"
#include "kernels/mean_squared_error.h"

namespace engine {

// x and target have one shape and type, f32 or bf16. Result {}, master type. Differentiable in x; target is a constant.
// Throws ShapeError, DTypeError, DeviceError.
Tensor mean_squared_error(const Tensor& x, const Tensor& target);

}  // namespace engine
