// SPDX-License-Identifier: Apache-2.0
// The gradient of a convolution's weight as a matrix product: rows are the output channels, columns the taps and input
// channels, and what is summed are the pixels of dy. The pixels are split over blocks; their partial sums go to a
// workspace and are added in a fixed order.
#pragma once

#include "kernels/conv2d.h"

namespace kernels::cuda {

// The candidates, as output channels x (taps and input channels) of one block. The largest has no variant for channels
// that do not take 128-bit accesses: of_64x64 stands in for it.
enum class GradWeightTile { automatic, of_16x128, of_32x64, of_64x64, of_128x128 };
inline constexpr GradWeightTile grad_weight_tiles[] = {GradWeightTile::of_16x128, GradWeightTile::of_32x64,
                                                       GradWeightTile::of_64x64, GradWeightTile::of_128x128};

struct GradWeightPlan {
  GradWeightTile tile = GradWeightTile::automatic;
  int splits = 0;  // 0: automatic.
};

void conv2d_grad_weight_by(Queue& queue, const GradWeightPlan& plan, const Conv2dOptions& options, ConstView dy,
                           ConstView x, View dweight);

}  // namespace kernels::cuda
