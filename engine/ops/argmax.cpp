// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/argmax.h"

#include "engine/ops/common.h"

namespace engine {

Tensor argmax(const Tensor& x, int axis, ReducedAxes reduced) {
  const Shape& shape = x.shape();
  if (axis < 0 || axis >= shape.rank())
    throw kernels::ShapeError("argmax: axis {} does not exist in a tensor of shape {}", axis, shape);
  Shape kept = shape;
  kept[axis] = 1;
  const Tensor y = empty(kept, DType::i64, x.shared_queue());
  kernels::argmax(x.queue(), axis, x, y.mutable_view());
  if (reduced == ReducedAxes::kept) return y;
  std::vector<std::int64_t> rest;
  for (int at = 0; at < shape.rank(); ++at)
    if (at != axis) rest.push_back(shape[at]);
  return y.reshape(Shape::from(rest));
}

}  // namespace engine
