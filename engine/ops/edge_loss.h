// SPDX-License-Identifier: Apache-2.0
// Class-balanced cross entropy of an edge map, in one op.
#pragma once

#include "engine/tensor.h"
#include "kernels/edge_loss.h"

namespace engine {

using kernels::EdgeLossForm;
using kernels::EdgeLossOptions;

// prediction [n, 1, h, w] f32 or bf16, edges [n, h, w] u8, 0 or 1. Result {}, master type. Differentiable in
// prediction. Throws ShapeError, DTypeError, DeviceError, and DataError for another label.
Tensor edge_loss(const Tensor& prediction, const Tensor& edges, const EdgeLossOptions& options = {});

}  // namespace engine
