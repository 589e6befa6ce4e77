// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_transpose2d.h"

#include "tests/cases/conv_transpose2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Operands {
  Twin x, weight, bias, dy;
  Shape y;
};

Operands operands(const ConvTranspose2dCase& c, const Where& where) {
  const Shape y = kernels::conv_transpose2d_shape(c.x, c.weight, c.options);
  return {random_twin(where, c.x, 1), random_parameter(where, c.weight, 2), random_parameter(where, {y.c()}, 3),
          random_twin(where, y, 4), y};
}

void agree(CaseSize size) {
  for (const ConvTranspose2dCase& c : conv_transpose2d_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere_and_tf32()) {
      const std::string label = c.name + ", " + where.name();
      const Operands o = operands(c, where);
      auto& here = *where.queue;
      auto& there = *reference_queue();
      // In bf16 the weights are rounded too, which the reference does not do: one more rounding per product.
      const double rounding = where.dtype == DType::bf16 ? 0x1p-8 : where.tf32_rounding();
      const std::int64_t taps = c.weight.elements() / c.weight[1];

      Guarded y(where.queue, o.y, where.dtype), y_want(reference_queue(), o.y, DType::f64);
      kernels::conv_transpose2d_forward(here, c.options, o.x.here, o.weight.here, Tensor{}, y.view());
      kernels::conv_transpose2d_forward(there, c.options, o.x.reference, o.weight.reference, Tensor{}, y_want.view());
      expect_close(y, y_want, tolerance(where.dtype, taps) + rounding, label + ", forward");

      Guarded shifted(where.queue, o.y, where.dtype), shifted_want(reference_queue(), o.y, DType::f64);
      kernels::conv_transpose2d_forward(here, c.options, o.x.here, o.weight.here, o.bias.here, shifted.view());
      kernels::conv_transpose2d_forward(there, c.options, o.x.reference, o.weight.reference, o.bias.reference,
                                        shifted_want.view());
      // The sum is rounded to bf16 before and after the bias.
      expect_close(shifted, shifted_want, tolerance(where.dtype, taps) + 2 * rounding, label + ", forward with bias");

      Guarded dx(where.queue, c.x, where.dtype), dx_want(reference_queue(), c.x, DType::f64);
      kernels::conv_transpose2d_grad_input(here, c.options, o.dy.here, o.weight.here, dx.view());
      kernels::conv_transpose2d_grad_input(there, c.options, o.dy.reference, o.weight.reference, dx_want.view());
      expect_close(dx, dx_want, tolerance(where.dtype, taps) + rounding, label + ", grad_input");

      Guarded dweight(where.queue, c.weight, DType::f32), dweight_want(reference_queue(), c.weight, DType::f64);
      kernels::conv_transpose2d_grad_weight(here, c.options, o.dy.here, o.x.here, dweight.view());
      kernels::conv_transpose2d_grad_weight(there, c.options, o.dy.reference, o.x.reference, dweight_want.view());
      // Inputs are exact in both types and the result is f32: no bf16 rounding anywhere.
      expect_close(dweight, dweight_want, tolerance(DType::f32, c.x.pixels()) + where.tf32_rounding(),
                   label + ", grad_weight");
    }
  }
}

}  // namespace

TEST_CASE("conv_transpose2d and its gradients agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large conv_transpose2d and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("conv_transpose2d repeats bit for bit, and its forward does not depend on the thread count", "[sanitize]") {
  for (const ConvTranspose2dCase& c : conv_transpose2d_cases) {
    if (c.size != CaseSize::small) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const Where two{queue_of(DeviceKind::cpu, 2), dtype}, one{queue_of(DeviceKind::cpu, 1), dtype};
      const auto forward = [&](const Where& where) {
        const Operands o = operands(c, where);
        Guarded y(where.queue, o.y, dtype);
        kernels::conv_transpose2d_forward(*where.queue, c.options, o.x.here, o.weight.here, o.bias.here, y.view());
        return y;
      };
      const auto weight_gradient = [&](const Where& where) {
        const Operands o = operands(c, where);
        Guarded dweight(where.queue, c.weight, DType::f32);
        kernels::conv_transpose2d_grad_weight(*where.queue, c.options, o.dy.here, o.x.here, dweight.view());
        return dweight;
      };
      const std::string label = c.name + ", " + two.name();
      const Guarded y = forward(two);
      expect_identical(y, forward(two), label + ", forward twice");
      expect_identical(y, forward(one), label + ", forward on 1 and 2 threads");
      const Guarded dweight = weight_gradient(two);
      expect_identical(dweight, weight_gradient(two), label + ", grad_weight twice");
      expect_close(dweight.values(), weight_gradient(one).values(), 1e-5, label + ", grad_weight on 1 and 2 threads");
    }
  }
}
