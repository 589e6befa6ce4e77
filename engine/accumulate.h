// SPDX-License-Identifier: Apache-2.0
// What the tape does with gradients: add them up, and sum them down where an input was broadcast. Not recorded.
#pragma once

#include "engine/tensor.h"

namespace engine {

// sum + gradient, written into whichever of the two nobody else shares. Both are given away.
Tensor accumulate(Tensor sum, Tensor gradient);

// The gradient of an input of shape `shape` that was broadcast to gradient.shape(): summed over the broadcast axes.
Tensor sum_to_shape(Tensor gradient, const Shape& shape);

}  // namespace engine
