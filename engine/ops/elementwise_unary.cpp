// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/elementwise_unary.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

const char* name_of(UnaryOp op) {
  switch (op) {
    case UnaryOp::relu:
      return "relu";
    case UnaryOp::leaky_relu:
      return "leaky_relu";
    case UnaryOp::sigmoid:
      return "sigmoid";
    case UnaryOp::tanh:
      return "tanh";
    case UnaryOp::exp:
      return "exp";
    case UnaryOp::log:
      return "log";
    case UnaryOp::sqrt:
      return "sqrt";
    case UnaryOp::square:
      return "square";
    case UnaryOp::absolute:
      return "absolute";
    case UnaryOp::affine:
      return "affine";
    case UnaryOp::clamp:
      return "clamp";
  }
  return "?";
}

}  // namespace

Tensor elementwise_unary(const UnaryFunction& function, const Tensor& x) {
  const char* op = name_of(function.op);
  if (!kernels::is_floating(x.dtype()))
    throw kernels::DTypeError("{}: expected floating-point numbers, got {}", op, kernels::name_of(x.dtype()));
  const Tensor y = empty(x.shape(), x);
  kernels::elementwise_unary_forward(x.queue(), function, x, y.mutable_view());
  const auto reads = kernels::gradient_reads(function);
  const Saved saved = reads == kernels::GradientReads::x   ? Saved(op, x)
                      : reads == kernels::GradientReads::y ? Saved(op, y)
                                                           : Saved();
  return record(op, y, {x}, [=](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(dy.shape(), dy);
    kernels::elementwise_unary_grad(dy.queue(), function, dy, saved, dx.mutable_view());
    return {dx};
  });
}

Tensor relu(const Tensor& x) {
  return elementwise_unary({UnaryOp::relu}, x);
}
Tensor leaky_relu(const Tensor& x, double slope) {
  return elementwise_unary({UnaryOp::leaky_relu, slope}, x);
}
Tensor sigmoid(const Tensor& x) {
  return elementwise_unary({UnaryOp::sigmoid}, x);
}
Tensor tanh(const Tensor& x) {
  return elementwise_unary({UnaryOp::tanh}, x);
}
Tensor exp(const Tensor& x) {
  return elementwise_unary({UnaryOp::exp}, x);
}
Tensor log(const Tensor& x) {
  return elementwise_unary({UnaryOp::log}, x);
}
Tensor sqrt(const Tensor& x) {
  return elementwise_unary({UnaryOp::sqrt}, x);
}
Tensor square(const Tensor& x) {
  return elementwise_unary({UnaryOp::square}, x);
}
Tensor absolute(const Tensor& x) {
  return elementwise_unary({UnaryOp::absolute}, x);
}
Tensor affine(const Tensor& x, double scale, double shift) {
  return elementwise_unary({UnaryOp::affine, scale, shift}, x);
}
Tensor clamp(const Tensor& x, double low, double high) {
  if (!(low <= high)) throw kernels::UsageError("clamp: expected low <= high, got {} and {}", low, high);
  return elementwise_unary({UnaryOp::clamp, low, high}, x);
}

}  // namespace engine
