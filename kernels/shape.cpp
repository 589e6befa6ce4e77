// SPDX-License-Identifier: Apache-2.0
#include "kernels/shape.h"

namespace kernels {

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (int axis = 0; axis < shape.rank(); ++axis) text += (axis ? ", " : "") + std::to_string(shape[axis]);
  return text + "]";
}

AxisView along(const Shape& shape, int axis) {
  if (axis < 0 || axis >= shape.rank()) throw ShapeError("axis {} does not exist in a tensor of shape {}", axis, shape);
  // Memory order of the axes: n, h, w, c for rank 4, as written otherwise.
  std::array<int, Shape::max_rank> order{};
  for (int i = 0; i < shape.rank(); ++i) order[static_cast<std::size_t>(i)] = i;
  if (shape.rank() == 4) order = {0, 2, 3, 1};
  AxisView view;
  bool passed = false;
  for (int i = 0; i < shape.rank(); ++i) {
    const int at = order[static_cast<std::size_t>(i)];
    if (at == axis) {
      view.extent = shape[at];
      passed = true;
    } else {
      (passed ? view.inner : view.outer) *= shape[at];
    }
  }
  return view;
}

}  // namespace kernels
