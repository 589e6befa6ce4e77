// SPDX-License-Identifier: Apache-2.0
// Matrix products by the hand-written kernels, whatever else the row has to choose from.
#pragma once

#include "kernels/matmul.h"

namespace kernels::cuda {

Matmul matmul_by_kernels;  // As the row kernels::matmul.

}  // namespace kernels::cuda
