// SPDX-License-Identifier: Apache-2.0
// The tensor-core operations of a warp, with the fragment layouts of the PTX manual ("Warp-level matrix instructions").
#pragma once

#include <cstdint>

#include "kernels/cuda/emulation/block.h"

namespace kernels::cuda::emulation {

// Loads `count` (1, 2 or 4) 8x8 matrices of 16-bit numbers; lane 8 m + r hands in the address of row r of matrix m, and
// lane l takes the pair (row l / 4, columns 2 (l % 4) and the next) of each; transposed, the pair of the transpose.
void load_matrices(std::uint32_t* registers, int count, bool transposed, const void* row, Site site);

// d += a b for a 16x16 and b 16x8 in bf16, d 16x8 in f32.
void multiply_add_bf16(float* d, const std::uint32_t* a, const std::uint32_t* b, Site site);
// d += a b for a 16x8 and b 8x8 in tf32 (the lower 13 bits of each f32 are not read), d 16x8 in f32.
void multiply_add_tf32(float* d, const std::uint32_t* a, const std::uint32_t* b, Site site);

}  // namespace kernels::cuda::emulation
