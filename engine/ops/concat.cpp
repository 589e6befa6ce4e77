// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/concat.h"

#include "engine/ops/common.h"
#include "kernels/concat.h"

namespace engine {

Tensor concat(const std::vector<Tensor>& parts, int axis) {
  const char* op = "concat";
  std::vector<Shape> shapes;
  std::vector<ConstView> views;
  for (const Tensor& part : parts) {
    if (!part) throw kernels::ShapeError("{}: part {} is no tensor", op, shapes.size());
    require_same_queue(op, {parts.front(), part});
    require_same_dtype(op, {parts.front(), part});
    shapes.push_back(part.shape());
    views.push_back(part);
  }
  const Shape shape = kernels::concat_shape(shapes, axis);
  if (parts.size() > Needs{}.size())
    throw kernels::ShapeError("{}: joins at most {} tensors, got {}", op, Needs{}.size(), parts.size());
  const Tensor y = empty(shape, parts.front());
  kernels::concat_forward(y.queue(), axis, views, y.mutable_view());
  return record(op, y, parts, [=](const Tensor& dy, Needs needs) -> Gradients {
    Gradients gradients(shapes.size());
    std::vector<View> sections;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      if (needs[i]) gradients[i] = empty(shapes[i], dy);
      sections.push_back(needs[i] ? gradients[i].mutable_view() : View{nullptr, dy.dtype(), shapes[i]});
    }
    kernels::concat_grad(dy.queue(), axis, dy, sections);
    return gradients;
  });
}

}  // namespace engine
