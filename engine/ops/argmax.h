// SPDX-License-Identifier: Apache-2.0
// Place of the largest number along one axis. not_differentiable: whole numbers come out.
#pragma once

#include "engine/ops/reduce.h"
#include "engine/tensor.h"
#include "kernels/argmax.h"

namespace engine {

// i64, the lowest place among equals; the first NaN wins. x [n, c, h, w] along the channels gives [n, h, w]. Throws
// ShapeError for an absent axis, and where removing it would change the order in memory (rank 4, other axes).
Tensor argmax(const Tensor& x, int axis = 1, ReducedAxes reduced = ReducedAxes::removed);

}  // namespace engine
