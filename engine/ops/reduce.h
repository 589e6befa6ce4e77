// SPDX-License-Identifier: Apache-2.0
// Sums and means over axes. The axes are either kept with extent 1 or removed; in a tensor of rank 4 (channels-last)
// they can be removed only where the rest keeps its order: all but n, c, or the channels alone, or everything.
#pragma once

#include "engine/tensor.h"
#include "kernels/reduce.h"

namespace engine {

enum class ReducedAxes { removed, kept };

// Over the given axes, or over all where none is given. x f32 or bf16; the result has x's type, accumulated in f64.
// Differentiable. Throws ShapeError for an axis that is absent or named twice.
Tensor sum(const Tensor& x, const std::vector<int>& axes = {}, ReducedAxes reduced = ReducedAxes::removed);
Tensor mean(const Tensor& x, const std::vector<int>& axes = {}, ReducedAxes reduced = ReducedAxes::removed);

}  // namespace engine
