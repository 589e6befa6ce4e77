// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/matmul.h"

#include "engine/ops/common.h"
#include "kernels/reduce.h"

namespace engine {

namespace {

Transpose other(Transpose turned) {
  return turned == Transpose::yes ? Transpose::no : Transpose::yes;
}

Tensor product(const Tensor& a, const Tensor& b, const MatmulOptions& options, DType dtype) {
  const Tensor y = empty(kernels::matmul_shape(a.shape(), b.shape(), options), dtype, a.shared_queue());
  kernels::matmul(a.queue(), options, a, b, ConstView{}, y.mutable_view());
  return y;
}

// Of every column.
Tensor column_sums(const Tensor& dy, DType dtype) {
  const std::int64_t columns = dy.shape()[dy.shape().rank() - 1];
  const Tensor sums = empty({columns}, dtype, dy.shared_queue());
  ConstView rows = dy;
  rows.shape = {dy.elements() / columns, columns};
  View sum = sums.mutable_view();
  sum.shape = {1, columns};
  kernels::reduce_sum(dy.queue(), 1.0, rows, sum);
  return sums;
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, const Tensor& bias, const MatmulOptions& options) {
  const char* op = "matmul";
  if (!a || !b) throw kernels::ShapeError("{}: a factor is no tensor", op);
  require_same_queue(op, {a, b, bias});
  const Shape shape = kernels::matmul_shape(a.shape(), b.shape(), options);
  if (bias) {
    require_shape(op, "bias", bias, {shape[shape.rank() - 1]});
    require_master_dtype(op, "bias", bias);
  }
  const Tensor y = empty(shape, a.dtype() == DType::bf16 ? a.dtype() : b.dtype(), a.shared_queue());
  kernels::matmul(y.queue(), options, a, b, bias, y.mutable_view());
  return record(
      op, y, {a, b, bias}, [=, left = Saved(op, a), right = Saved(op, b)](const Tensor& dy, Needs needs) -> Gradients {
        // With A and B as they enter the product: dA = dy B', dB = A' dy; transposed where a or b are.
        const DType a_type = left.get().dtype(), b_type = right.get().dtype();
        Gradients gradients(3);
        if (needs[0])
          gradients[0] = options.a == Transpose::no ? product(dy, right, {.b = other(options.b)}, a_type)
                                                    : product(right, dy, {.a = options.b, .b = Transpose::yes}, a_type);
        if (needs[1])
          gradients[1] = options.b == Transpose::no ? product(left, dy, {.a = other(options.a)}, b_type)
                                                    : product(dy, left, {.a = Transpose::yes, .b = options.a}, b_type);
        if (needs[2]) gradients[2] = column_sums(dy, master_dtype(dy.queue()));
        return gradients;
      });
}

}  // namespace engine
