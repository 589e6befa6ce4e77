// SPDX-License-Identifier: Apache-2.0
#include "kernels/concat.h"

namespace kernels {

Shape concat_shape(const std::vector<Shape>& parts, int axis) {
  if (parts.empty()) throw ShapeError("concat: there is nothing to join");
  Shape shape = parts.front();
  if (axis < 0 || axis >= shape.rank()) throw ShapeError("concat: axis {} does not exist in {}", axis, shape);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Shape others = parts[i];
    if (others.rank() == shape.rank()) others[axis] = parts.front()[axis];
    if (others != parts.front())
      throw ShapeError("concat: part {} of shape {} does not fit part 0 of shape {} along axis {}", i, parts[i],
                       parts.front(), axis);
    shape[axis] += parts[i][axis];
  }
  return shape;
}

}  // namespace kernels
