// SPDX-License-Identifier: Apache-2.0
// The resizings that matter: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/resize.h"
#include "tests/cases/conv2d_cases.h"

namespace test {

struct ResizeCase {
  std::string name;
  kernels::Shape x;
  kernels::Size2 size;
  kernels::ResizeOptions options;
  CaseSize size_class = CaseSize::small;
};

inline constexpr kernels::ResizeOptions nearest{.interpolation = kernels::Interpolation::nearest};
inline constexpr kernels::ResizeOptions bilinear_centres{.corners = kernels::Corners::centres};
inline constexpr kernels::ResizeOptions bilinear_aligned{.corners = kernels::Corners::aligned};

inline const std::vector<ResizeCase> resize_cases = {
    {"nearest, one pixel to six", {1, 1, 1, 1}, {2, 3}, nearest},
    {"nearest, twice", {2, 24, 5, 7}, {10, 14}, nearest},
    {"nearest, twice, one channel", {2, 1, 4, 3}, {8, 6}, nearest},
    {"nearest, uneven", {2, 5, 6, 4}, {13, 7}, nearest},
    {"nearest, smaller", {1, 19, 11, 9}, {4, 6}, nearest},
    {"centres, one pixel to six", {1, 2, 1, 1}, {2, 3}, bilinear_centres},
    {"centres, twice", {2, 16, 5, 7}, {10, 14}, bilinear_centres},
    {"centres, uneven", {2, 9, 6, 4}, {13, 11}, bilinear_centres},
    {"centres, smaller", {1, 7, 11, 13}, {4, 5}, bilinear_centres},
    {"aligned, to one pixel", {2, 3, 4, 5}, {1, 1}, bilinear_aligned},
    {"aligned, twice", {2, 16, 5, 7}, {10, 14}, bilinear_aligned},
    {"aligned, eightfold logits", {1, 9, 6, 8}, {48, 64}, bilinear_aligned},
    {"aligned, smaller", {1, 33, 9, 7}, {5, 4}, bilinear_aligned},
    {"nearest, mfnet upsampling", {2, 32, 240, 320}, {480, 640}, nearest, CaseSize::large},
    {"aligned, eightfold logits at 480x640", {2, 9, 60, 80}, {480, 640}, bilinear_aligned, CaseSize::large},
    {"centres, twice at 480x640", {1, 64, 120, 160}, {240, 320}, bilinear_centres, CaseSize::large},
};

}  // namespace test
