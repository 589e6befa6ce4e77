// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/reduce.h"

#include "engine/ops/common.h"
#include "kernels/elementwise_binary.h"

namespace engine {

namespace {

struct ReducedShapes {
  Shape kept, removed;
};

ReducedShapes reduced_shapes(const char* op, const Shape& shape, const std::vector<int>& axes) {
  std::vector<bool> is_reduced(static_cast<std::size_t>(shape.rank()), axes.empty());
  for (const int axis : axes) {
    if (axis < 0 || axis >= shape.rank() || is_reduced[static_cast<std::size_t>(axis)])
      throw kernels::ShapeError("{}: expected different axes of 0 to {}, got {} of a tensor of shape {}", op,
                                shape.rank() - 1, axis, shape);
    is_reduced[static_cast<std::size_t>(axis)] = true;
  }
  ReducedShapes result{shape, {}};
  std::vector<std::int64_t> rest;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (is_reduced[static_cast<std::size_t>(axis)])
      result.kept[axis] = 1;
    else
      rest.push_back(shape[axis]);
  }
  result.removed = Shape::from(rest);
  return result;
}

Tensor scaled_sum(const char* op, const Tensor& x, double scale, const Shape& kept) {
  const Tensor y = empty(kept, x);
  kernels::reduce_sum(x.queue(), scale, x, y.mutable_view());
  return record(op, y, {x}, [=, shape = x.shape()](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(shape, dy);
    std::vector<std::int64_t> ones(static_cast<std::size_t>(shape.rank()), 1);
    const Tensor factor = full(Shape::from(ones), scale, master_dtype(dy.queue()), dy.shared_queue());
    kernels::elementwise_binary(dy.queue(), kernels::BinaryOp::multiply, dy, factor, dx.mutable_view());
    return {dx};
  });
}

Tensor reduce(const char* op, const Tensor& x, double scale, const ReducedShapes& shapes, ReducedAxes reduced) {
  const Tensor y = scaled_sum(op, x, scale, shapes.kept);
  return reduced == ReducedAxes::kept ? y : y.reshape(shapes.removed);
}

}  // namespace

Tensor sum(const Tensor& x, const std::vector<int>& axes, ReducedAxes reduced) {
  return reduce("sum", x, 1.0, reduced_shapes("sum", x.shape(), axes), reduced);
}

Tensor mean(const Tensor& x, const std::vector<int>& axes, ReducedAxes reduced) {
  const ReducedShapes shapes = reduced_shapes("mean", x.shape(), axes);
  const double count = static_cast<double>(x.elements()) / static_cast<double>(shapes.kept.elements());
  return reduce("mean", x, 1.0 / count, shapes, reduced);
}

}  // namespace engine
