// SPDX-License-Identifier: Apache-2.0
#include "kernels/slice.h"

namespace kernels {

Shape slice_shape(const Shape& x, const SliceOptions& options) {
  if (options.axis < 0 || options.axis >= x.rank())
    throw ShapeError("slice: axis {} does not exist in {}", options.axis, x);
  if (options.begin < 0 || options.begin >= options.end || options.end > x[options.axis])
    throw ShapeError("slice: [{}, {}) is not a section of axis {} of {}", options.begin, options.end, options.axis, x);
  Shape shape = x;
  shape[options.axis] = options.end - options.begin;
  return shape;
}

}  // namespace kernels
