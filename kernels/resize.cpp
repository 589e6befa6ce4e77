// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize.h"

#include <algorithm>
#include <cmath>

namespace kernels {

ResizeTap resize_tap(const ResizeOptions& options, std::int64_t at, std::int64_t in, std::int64_t out) {
  if (options.interpolation == Interpolation::nearest) {
    const std::int64_t source = at * in / out;
    return {source, source, 0.0};
  }
  // The position is a fraction of whole numbers: what is whole stays whole, whatever the sizes.
  std::int64_t numerator = 0, denominator = 1;
  if (options.corners == Corners::aligned && out > 1) {
    numerator = at * (in - 1);
    denominator = out - 1;
  } else if (options.corners == Corners::centres) {
    numerator = std::max<std::int64_t>(0, (2 * at + 1) * in - out);
    denominator = 2 * out;
  }
  const std::int64_t first = std::min(numerator / denominator, in - 1);
  const std::int64_t second = std::min(first + 1, in - 1);
  const double weight = static_cast<double>(numerator - first * denominator) / static_cast<double>(denominator);
  return {first, second, second == first ? 0.0 : weight};
}

}  // namespace kernels
