// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/elementwise_binary.h"

#include "engine/ops/cast.h"
#include "engine/ops/common.h"
#include "kernels/broadcast.h"

namespace engine {

namespace {

using kernels::BinaryOp;

const char* name_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "add";
    case BinaryOp::subtract:
      return "subtract";
    case BinaryOp::multiply:
      return "multiply";
    case BinaryOp::divide:
      return "divide";
  }
  return "?";
}

// bf16 beside the master type gives bf16: a parameter never widens an activation.
DType common_dtype(const char* op, const Tensor& a, const Tensor& b) {
  if (!kernels::is_floating(a.dtype()) || !kernels::is_floating(b.dtype()))
    throw kernels::DTypeError("{}: expected floating-point numbers, got {} and {}", op, kernels::name_of(a.dtype()),
                              kernels::name_of(b.dtype()));
  if (a.dtype() == DType::bf16 || b.dtype() == DType::bf16) return DType::bf16;
  require_same_dtype(op, {a, b});
  return a.dtype();
}

// `x` seen with ones in front up to `rank`. Rank 4 lies in memory in another order than the other ranks, so a shape may
// enter or leave it only where that order makes no difference.
ConstView padded(const char* op, ConstView x, int rank) {
  const Shape shape = kernels::pad_rank(x.shape, rank);
  const Shape& written = x.shape.rank() == 4 ? x.shape : shape;
  if (x.shape.rank() != rank && written.rank() == 4 && written.c() != 1 && (written.h() != 1 || written.w() != 1))
    throw kernels::ShapeError("{}: {} cannot be read with {} dimensions, give it that many", op, x.shape, rank);
  x.shape = shape;
  return x;
}

Tensor compute(BinaryOp op, const Tensor& a, const Tensor& b, DType dtype) {
  const Shape shape = kernels::broadcast_shape(name_of(op), a.shape(), b.shape());
  const Tensor y = empty(shape, dtype, a.shared_queue());
  kernels::elementwise_binary(a.queue(), op, padded(name_of(op), a, shape.rank()), padded(name_of(op), b, shape.rank()),
                              y.mutable_view());
  return y;
}

Tensor negated(const Tensor& x, DType dtype) {
  return cast(affine(x, -1, 0), dtype);
}

Tensor elementwise_binary(BinaryOp op, const Tensor& a, const Tensor& b) {
  const char* name = name_of(op);
  require_same_queue(name, {a, b});
  const DType dtype = common_dtype(name, a, b), type_a = a.dtype(), type_b = b.dtype();
  const Tensor y = compute(op, a, b, dtype);
  switch (op) {
    case BinaryOp::add:
      return record(name, y, {a, b}, [=](const Tensor& dy, Needs needs) -> Gradients {
        return {needs[0] ? cast(dy, type_a) : Tensor{}, needs[1] ? cast(dy, type_b) : Tensor{}};
      });
    case BinaryOp::subtract:
      return record(name, y, {a, b}, [=](const Tensor& dy, Needs needs) -> Gradients {
        return {needs[0] ? cast(dy, type_a) : Tensor{}, needs[1] ? negated(dy, type_b) : Tensor{}};
      });
    case BinaryOp::multiply:
      return record(
          name, y, {a, b},
          [=, saved_a = needs_gradient({b}) ? Saved(name, a) : Saved(),
           saved_b = needs_gradient({a}) ? Saved(name, b) : Saved()](const Tensor& dy, Needs needs) -> Gradients {
            return {needs[0] ? compute(BinaryOp::multiply, dy, saved_b, type_a) : Tensor{},
                    needs[1] ? compute(BinaryOp::multiply, dy, saved_a, type_b) : Tensor{}};
          });
    case BinaryOp::divide:  // da = dy / b, db = -dy y / b.
      return record(name, y, {a, b},
                    [=, saved_y = needs_gradient({b}) ? Saved(name, y) : Saved(), saved_b = Saved(name, b)](
                        const Tensor& dy, Needs needs) -> Gradients {
                      const Tensor scaled = compute(BinaryOp::divide, dy, saved_b, dy.dtype());
                      return {
                          needs[0] ? cast(scaled, type_a) : Tensor{},
                          needs[1] ? negated(compute(BinaryOp::multiply, scaled, saved_y, type_b), type_b) : Tensor{}};
                    });
  }
  return y;
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b) {
  return elementwise_binary(kernels::BinaryOp::add, a, b);
}
Tensor subtract(const Tensor& a, const Tensor& b) {
  return elementwise_binary(kernels::BinaryOp::subtract, a, b);
}
Tensor multiply(const Tensor& a, const Tensor& b) {
  return elementwise_binary(kernels::BinaryOp::multiply, a, b);
}
Tensor divide(const Tensor& a, const Tensor& b) {
  return elementwise_binary(kernels::BinaryOp::divide, a, b);
}

}  // namespace engine
