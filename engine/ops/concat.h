// SPDX-License-Identifier: Apache-2.0
// Tensors joined along one axis.
#pragma once

#include <vector>

#include "engine/tensor.h"

namespace engine {

// At least one and at most 64 tensors of one type and queue whose extents are equal but along `axis`. Differentiable.
// Throws ShapeError, DTypeError, DeviceError.
Tensor concat(const std::vector<Tensor>& parts, int axis);

}  // namespace engine
