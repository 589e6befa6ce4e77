// SPDX-License-Identifier: Apache-2.0
// Maximum over windows.
#pragma once

#include "engine/tensor.h"
#include "kernels/max_pool2d.h"

namespace engine {

using kernels::Pool2dOptions;

// x [n, c, h, w] f32 or bf16; result [n, c, oh, ow] with oh = floor((h + 2 padding - kernel) / stride) + 1. Padding
// never wins; the first maximum wins ties and takes the whole gradient. Throws ShapeError where padding exceeds half of
// the kernel, no window fits, or a window has more than 256 places.
Tensor max_pool2d(const Tensor& x, const Pool2dOptions& options);

}  // namespace engine
