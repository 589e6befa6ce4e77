// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv2d.h"

#include "tests/cases/conv2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Operands {
  Twin x, weight, scale, bias, dy, residual;
  Shape y;
};

Operands operands(const Conv2dCase& c, const Where& where) {
  const Shape y = kernels::conv2d_shape(c.x, c.weight, c.options);
  return {random_twin(where, c.x, 1),
          random_parameter(where, c.weight, 2),
          random_parameter(where, {y.c()}, 6),
          random_parameter(where, {y.c()}, 3),
          random_twin(where, y, 4),
          random_twin(where, y, 5),
          y};
}

void agree(CaseSize size) {
  for (const Conv2dCase& c : conv2d_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere_and_tf32()) {
      const std::string label = c.name + ", " + where.name();
      const Operands o = operands(c, where);
      auto& here = *where.queue;
      auto& there = *reference_queue();
      const std::int64_t taps = c.weight[1] * c.weight[2] * c.weight[3];
      // In bf16 the weights are rounded too, which the reference does not do: one more rounding per product.
      const double rounding = where.dtype == DType::bf16 ? 0x1p-8 : where.tf32_rounding();

      Guarded y(where.queue, o.y, where.dtype), y_want(reference_queue(), o.y, DType::f64);
      for (const auto activation : {kernels::Activation::none(), kernels::Activation::leaky_relu(0.2)}) {
        kernels::Conv2dOptions options = c.options;
        options.activation = activation;
        const bool fused = !activation.is_none();
        kernels::Conv2dEpilogue after{.bias = o.bias.here}, after_want{.bias = o.bias.reference};
        if (fused) {
          after = {o.scale.here, o.bias.here, o.residual.here};
          after_want = {o.scale.reference, o.bias.reference, o.residual.reference};
        }
        kernels::conv2d_forward(here, options, o.x.here, o.weight.here, after, y.view());
        kernels::conv2d_forward(there, options, o.x.reference, o.weight.reference, after_want, y_want.view());
        expect_close(y, y_want, tolerance(where.dtype, taps) + rounding,
                     label + (fused ? ", fused forward" : ", forward"));
      }

      Guarded dx(where.queue, c.x, where.dtype), dx_want(reference_queue(), c.x, DType::f64);
      kernels::conv2d_grad_input(here, c.options, o.dy.here, o.weight.here, dx.view());
      kernels::conv2d_grad_input(there, c.options, o.dy.reference, o.weight.reference, dx_want.view());
      expect_close(dx, dx_want, tolerance(where.dtype, taps) + rounding, label + ", grad_input");

      Guarded dweight(where.queue, c.weight, DType::f32), dweight_want(reference_queue(), c.weight, DType::f64);
      kernels::conv2d_grad_weight(here, c.options, o.dy.here, o.x.here, dweight.view());
      kernels::conv2d_grad_weight(there, c.options, o.dy.reference, o.x.reference, dweight_want.view());
      // Inputs are exact in both types and the result is f32: no bf16 rounding anywhere.
      expect_close(dweight, dweight_want, tolerance(DType::f32, o.y.pixels()) + where.tf32_rounding(),
                   label + ", grad_weight");

      Guarded dbias(where.queue, {o.y.c()}, DType::f32), dbias_want(reference_queue(), {o.y.c()}, DType::f64);
      kernels::conv2d_grad_bias(here, o.dy.here, dbias.view());
      kernels::conv2d_grad_bias(there, o.dy.reference, dbias_want.view());
      expect_close(dbias, dbias_want, tolerance(DType::f32, o.y.pixels()), label + ", grad_bias");
    }
  }
}

}  // namespace

TEST_CASE("conv2d and its gradients agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large conv2d and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("conv2d repeats bit for bit, and its forward does not depend on the thread count", "[sanitize]") {
  for (const Conv2dCase& c : conv2d_cases) {
    if (c.size != CaseSize::small) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const Where two{queue_of(DeviceKind::cpu, 2), dtype}, one{queue_of(DeviceKind::cpu, 1), dtype};
      const Operands o = operands(c, two);
      const std::string label = c.name + ", " + two.name();
      const auto weight_gradient = [&](const Where& where) {
        const Operands p = operands(c, where);
        Guarded dweight(where.queue, c.weight, DType::f32);
        kernels::conv2d_grad_weight(*where.queue, c.options, p.dy.here, p.x.here, dweight.view());
        return dweight;
      };
      const Guarded first = weight_gradient(two), second = weight_gradient(two), single = weight_gradient(one);
      expect_identical(first, second, label + ", grad_weight twice");
      expect_close(first.values(), single.values(), 1e-5, label + ", grad_weight on 1 and 2 threads");
    }
  }
}

TEST_CASE("conv2d follows a weight that changes in place", "[sanitize]") {
  // The packed copy of a weight must not outlive the values that it was made of.
  const Where where{queue_of(DeviceKind::cpu), DType::f32};
  const Shape x_shape{1, 8, 5, 7}, w_shape{16, 8, 3, 3};
  const kernels::Conv2dOptions padded{.padding = 1};
  const Twin x = random_twin(where, x_shape, 1);
  const Tensor weight = random_parameter(where, w_shape, 2).here;
  for (int change = 0; change < 3; ++change) {
    for (int use = 0; use < 3; ++use) {
      Guarded y(where.queue, {1, 16, 5, 7}, DType::f32), want(reference_queue(), {1, 16, 5, 7}, DType::f64);
      const Tensor exact =
          engine::from_host(std::span<const double>(engine::download(weight)), w_shape, DType::f64, reference_queue());
      kernels::conv2d_forward(*where.queue, padded, x.here, weight, kernels::Conv2dEpilogue{}, y.view());
      kernels::conv2d_forward(*reference_queue(), padded, x.reference, exact, kernels::Conv2dEpilogue{}, want.view());
      expect_close(y, want, tolerance(DType::f32, 72),
                   "change " + std::to_string(change) + ", use " + std::to_string(use));
    }
    weight.mutable_view().as<float>()[5 + change] += 1.0f;
  }
}
