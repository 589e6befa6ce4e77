// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/batch_norm.h"
#include "tests/cases/network_cases.h"

namespace {

using bench::Tensor;

struct Operands {
  Tensor x, y, residual, dy, dx, dresidual;
  Tensor weight, bias, mean, variance, inverse_deviation, dweight, dbias;
};

Operands operands(const bench::Harness& harness, const test::BatchNormCase& c) {
  const kernels::Shape channels{c.x.c()};
  const bool residual = c.residual == test::BatchNormCase::Residual::present;
  const auto map = [&] {
    return harness.activation(c.x);
  };
  const auto vector = [&] {
    return harness.parameter(channels, 0.5, 1.5);
  };
  return {map(),    map(),    residual ? map() : Tensor{},
          map(),    map(),    residual ? map() : Tensor{},
          vector(), vector(), vector(),
          vector(), vector(), vector(),
          vector()};
}

void grad_row(bench::Harness& harness, const auto& kernel, const test::BatchNormCase& c) {
  harness.row(kernel.name, c.name, [&]() -> bench::Job {
    const Operands o = operands(harness, c);
    const bool reads_twice = &kernel == &kernels::batch_norm_train_grad;              // x stands in dx there.
    const Tensor y = c.options.activation.is_none() || !o.residual ? Tensor{} : o.y;  // As the engine keeps it.
    return {[=, &kernel, &c, queue = harness.queue()] {
              kernel(*queue, c.options, o.dy, kernels::BatchNormSaved{o.x, y, o.mean, o.inverse_deviation, o.mean},
                     kernels::BatchNormParameters{o.weight, o.bias},
                     kernels::BatchNormGradients{o.dx.mutable_view(), o.dresidual.mutable_view(),
                                                 o.dweight.mutable_view(), o.dbias.mutable_view()});
            },
            // The sums must be known before dx: what both need is read twice.
            2 * bench::bytes_of(o.dy, y) + (reads_twice ? 2 : 1) * bench::bytes_of(o.x) +
                bench::bytes_of(o.dx, o.dresidual)};
  });
}

void rows(bench::Harness& harness) {
  for (const test::BatchNormCase& c : harness.cases(test::batch_norm_cases, test::network::batch_norm)) {
    harness.row("batch_norm_train_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands(harness, c);
      return {[=, &c, queue = harness.queue()] {
                kernels::batch_norm_train_forward(*queue, c.options, o.x,
                                                  kernels::BatchNormParameters{o.weight, o.bias}, o.residual,
                                                  kernels::BatchNormStatistics{o.dweight.mutable_view(),
                                                                               o.dbias.mutable_view(),
                                                                               {},
                                                                               o.mean.mutable_view(),
                                                                               o.inverse_deviation.mutable_view(),
                                                                               o.variance.mutable_view()},
                                                  o.y.mutable_view());
              },
              2 * bench::bytes_of(o.x) + bench::bytes_of(o.residual, o.y)};
    });
    harness.row("batch_norm_frozen_forward", c.name, [&]() -> bench::Job {
      const Operands o = operands(harness, c);
      return {[=, &c, queue = harness.queue()] {
                kernels::batch_norm_frozen_forward(*queue, c.options, o.x,
                                                   kernels::BatchNormParameters{o.weight, o.bias}, o.mean, o.variance,
                                                   o.residual, o.inverse_deviation.mutable_view(), o.y.mutable_view());
              },
              bench::bytes_of(o.x, o.residual, o.y)};
    });
    grad_row(harness, kernels::batch_norm_train_grad, c);
    grad_row(harness, kernels::batch_norm_frozen_grad, c);
  }
}

const bench::Registration registration(rows);

}  // namespace
