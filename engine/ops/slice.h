// SPDX-License-Identifier: Apache-2.0
// A section of a tensor along one axis.
#pragma once

#include "engine/tensor.h"
#include "kernels/slice.h"

namespace engine {

using kernels::SliceOptions;

// x[..., begin : end, ...] along options.axis, as a copy, of any element type. Differentiable. Throws ShapeError where
// the section is empty or not inside x.
Tensor slice(const Tensor& x, const SliceOptions& options);

}  // namespace engine
