// SPDX-License-Identifier: Apache-2.0
// Images raised to one power each.
#pragma once

#include "engine/tensor.h"
#include "kernels/power.h"

namespace engine {

using kernels::PowerOptions;

// x[n, ...]^(exponent[n] + shift). x [n, ...] f32 or bf16, not negative; exponent [n, 1] or [n] in the master type. The
// result has x's shape and type. Differentiable in both; the exponent's slope at x = 0 is 0 where the power is not
// negative. Throws ShapeError, DTypeError, DeviceError.
Tensor power(const Tensor& x, const Tensor& exponent, const PowerOptions& options = {});

}  // namespace engine
