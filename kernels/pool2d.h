// SPDX-License-Identifier: Apache-2.0
// What pooling layers share: windows over the image.
#pragma once

#include "kernels/shape.h"

namespace kernels {

struct Pool2dOptions {
  Size2 kernel = 2, stride = 2, padding = 0;
};

// Shape of the pooled x [n, c, h, w]. Throws ShapeError, naming `op`, where a window would hold padding only (padding
// above half of the kernel) or none fits.
Shape pool2d_shape(const char* op, const Shape& x, const Pool2dOptions& options);

// The rows or columns [begin, end) of the input that window `at` covers.
struct PoolWindow {
  std::int64_t begin, end;
};
constexpr PoolWindow pool_window(std::int64_t at, int kernel, int stride, int padding, std::int64_t extent) {
  const std::int64_t first = at * stride - padding;
  return {first < 0 ? 0 : first, first + kernel < extent ? first + kernel : extent};
}

// The windows [begin, end) that cover row or column `at`, of `count` windows in all.
constexpr PoolWindow pool_windows_over(std::int64_t at, int kernel, int stride, int padding, std::int64_t count) {
  const std::int64_t shifted = at + padding, last = shifted / stride + 1;
  const std::int64_t first = shifted < kernel ? 0 : (shifted - kernel) / stride + 1;
  return {first, last < count ? last : count};
}

}  // namespace kernels
