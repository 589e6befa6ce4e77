// SPDX-License-Identifier: Apache-2.0
// Pixel differences (Su et al., "Pixel difference networks for efficient edge detection", ICCV 2021): convolutions that
// weigh differences of pixels are plain convolutions with other weights. From w [o, i, 3, 3], places row by row:
//   central   [o, i, 3, 3]: w, less the sum of all nine at the centre
//   angular   [o, i, 3, 3]: each weight of the ring less the one before it, clockwise; 0 at the centre
//   radial    [o, i, 5, 5]: w[1..8] on the outer ring at the eight directions, -w[1..8] on the inner ring; w[0] unused
// All are linear in w, so the gradient is the transposed map. Weights are f32 (f64 on reference), memory O, KH, KW, I.
#pragma once

#include <array>

#include "kernels/kernel.h"

namespace kernels {

enum class PixelDifference { central, angular, radial };

// to[place] = sum over from of factor[place][from] w[from].
struct PixelDifferenceMap {
  static constexpr int most_places = 25, places_of_weight = 9;
  int places = 9;  // 9 or 25.
  std::array<std::array<signed char, places_of_weight>, most_places> factor{};
};
PixelDifferenceMap pixel_difference_map(PixelDifference kind);

// Shape of the plain convolution's weight. Throws ShapeError where `weight` is not [o, i, 3, 3].
Shape pixel_difference_shape(const Shape& weight, PixelDifference kind);

using PixelDifferenceForward = void(Queue&, PixelDifference, ConstView weight, View y);
using PixelDifferenceGrad = void(Queue&, PixelDifference, ConstView dy, View dweight);  // dweight =

namespace reference {
PixelDifferenceForward pixel_difference_forward;
PixelDifferenceGrad pixel_difference_grad;
}  // namespace reference
namespace cpu {
PixelDifferenceForward pixel_difference_forward;
PixelDifferenceGrad pixel_difference_grad;
}  // namespace cpu
namespace cuda {
PixelDifferenceForward pixel_difference_forward;
PixelDifferenceGrad pixel_difference_grad;
}  // namespace cuda

inline constexpr Kernel pixel_difference_forward{"pixel_difference_forward", &reference::pixel_difference_forward,
                                                 &cpu::pixel_difference_forward,
                                                 CUDA_SLOT(cuda::pixel_difference_forward)};
inline constexpr Kernel pixel_difference_grad{"pixel_difference_grad", &reference::pixel_difference_grad,
                                              &cpu::pixel_difference_grad, CUDA_SLOT(cuda::pixel_difference_grad)};

}  // namespace kernels
