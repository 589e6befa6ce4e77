// SPDX-License-Identifier: Apache-2.0
// The rectifier whose negative slope is learned.
#pragma once

#include "engine/tensor.h"
#include "kernels/prelu.h"

namespace engine {

// x [n, c, h, w] f32 or bf16; weight [c], or [1] for all channels, master type. Differentiable in both. Throws
// ShapeError, DTypeError, DeviceError.
Tensor prelu(const Tensor& x, const Tensor& weight);

}  // namespace engine
