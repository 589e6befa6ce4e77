// SPDX-License-Identifier: Apache-2.0
// Convolutions and their adjoints by implicit matrix multiplication (im2col that is never stored): rows are pixels of
// the result, columns its channels, and what is summed are the taps and channels of the source.
#pragma once

#include "kernels/cuda/conv2d_geometry.h"

namespace kernels::cuda {

// The candidates, as pixels x channels of one block.
enum class GatherTile { automatic, of_64x32, of_128x16, of_128x32, of_128x64, of_128x128 };
inline constexpr GatherTile gather_tiles[] = {GatherTile::of_64x32, GatherTile::of_128x16, GatherTile::of_128x32,
                                              GatherTile::of_128x64, GatherTile::of_128x128};

struct GatherProblem {
  const char* kernel;  // Its name in messages and profiles.
  Gathering gathering;
  Conv2dOptions options;  // With the activation of the result.
  GatherTile tile = GatherTile::automatic;
};

// result = act(scale * sum + bias + residual). source and result f32 or bf16, weight [o, i, kh, kw] f32.
void gather_products(Queue& queue, const GatherProblem& problem, ConstView source, ConstView weight,
                     const Conv2dEpilogue& epilogue, View result);

}  // namespace kernels::cuda
