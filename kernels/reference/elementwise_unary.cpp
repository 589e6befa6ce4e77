// SPDX-License-Identifier: Apache-2.0
#include "kernels/elementwise_unary.h"

#include <cmath>

namespace kernels::reference {

namespace {

double value_of(const UnaryFunction& f, double x) {
  switch (f.op) {
    case UnaryOp::relu:
      return x <= 0 ? 0.0 : x;
    case UnaryOp::leaky_relu:
      return x > 0 ? x : f.a * x;
    case UnaryOp::sigmoid:
      return 1 / (1 + std::exp(-x));
    case UnaryOp::tanh:
      return std::tanh(x);
    case UnaryOp::exp:
      return std::exp(x);
    case UnaryOp::log:
      return std::log(x);
    case UnaryOp::sqrt:
      return std::sqrt(x);
    case UnaryOp::square:
      return x * x;
    case UnaryOp::absolute:
      return std::abs(x);
    case UnaryOp::affine:
      return f.a * x + f.b;
    case UnaryOp::clamp:
      return x < f.a ? f.a : x > f.b ? f.b : x;
  }
  return x;
}

// `saved` is x or y, as gradient_reads says.
double slope_of(const UnaryFunction& f, double saved) {
  switch (f.op) {
    case UnaryOp::relu:
      return saved > 0 ? 1.0 : 0.0;
    case UnaryOp::leaky_relu:
      return saved > 0 ? 1.0 : f.a;
    case UnaryOp::sigmoid:
      return saved * (1 - saved);
    case UnaryOp::tanh:
      return 1 - saved * saved;
    case UnaryOp::exp:
      return saved;
    case UnaryOp::log:
      return 1 / saved;
    case UnaryOp::sqrt:
      return 0.5 / saved;
    case UnaryOp::square:
      return 2 * saved;
    case UnaryOp::absolute:
      return saved > 0 ? 1.0 : saved < 0 ? -1.0 : 0.0;
    case UnaryOp::affine:
      return f.a;
    case UnaryOp::clamp:
      return saved >= f.a && saved <= f.b ? 1.0 : 0.0;
  }
  return 1;
}

}  // namespace

void elementwise_unary_forward(Queue&, const UnaryFunction& f, ConstView x, View y) {
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  for (std::int64_t i = 0; i < y.elements(); ++i) to[i] = value_of(f, from[i]);
}

void elementwise_unary_grad(Queue&, const UnaryFunction& f, ConstView dy, ConstView saved, View dx) {
  const auto *from = dy.as<double>(), *kept = saved.as<double>();
  auto* to = dx.as<double>();
  for (std::int64_t i = 0; i < dx.elements(); ++i) to[i] = from[i] * slope_of(f, kept ? kept[i] : 0.0);
}

}  // namespace kernels::reference
