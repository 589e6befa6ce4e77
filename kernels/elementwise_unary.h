// SPDX-License-Identifier: Apache-2.0
// Functions of one number, element by element: y = f(x), dx = dy f'. x and y have one shape and type: f32 or bf16
// (computed in f32), f64 on reference.
#pragma once

#include "kernels/kernel.h"

namespace kernels {

enum class UnaryOp {
  relu,        // max(x, 0); slope 0 at 0.
  leaky_relu,  // x > 0 ? x : a x.
  sigmoid,     // 1 / (1 + exp(-x)).
  tanh,
  exp,
  log,  // Natural.
  sqrt,
  square,
  absolute,  // Slope 0 at 0.
  affine,    // a x + b.
  clamp      // min(max(x, a), b); slope 1 at both ends. NaN stays.
};

struct UnaryFunction {
  UnaryOp op = UnaryOp::relu;
  double a = 0, b = 0;  // As above.
};

// What the gradient is found from beside dy. The result where it suffices, so that x need not be kept.
enum class GradientReads { x, y, nothing };

constexpr GradientReads gradient_reads(const UnaryFunction& f) {
  switch (f.op) {
    case UnaryOp::relu:
    case UnaryOp::sigmoid:
    case UnaryOp::tanh:
    case UnaryOp::exp:
    case UnaryOp::sqrt:
      return GradientReads::y;
    case UnaryOp::leaky_relu:
      return f.a >= 0 ? GradientReads::y : GradientReads::x;  // A negative slope hides the sign of x.
    case UnaryOp::affine:
      return GradientReads::nothing;
    case UnaryOp::log:
    case UnaryOp::square:
    case UnaryOp::absolute:
    case UnaryOp::clamp:
      return GradientReads::x;
  }
  return GradientReads::x;
}

using ElementwiseUnaryForward = void(Queue&, const UnaryFunction&, ConstView x, View y);
// saved: x or y, as gradient_reads says; empty where nothing is read.
using ElementwiseUnaryGrad = void(Queue&, const UnaryFunction&, ConstView dy, ConstView saved, View dx);

namespace reference {
ElementwiseUnaryForward elementwise_unary_forward;
ElementwiseUnaryGrad elementwise_unary_grad;
}  // namespace reference
namespace cpu {
ElementwiseUnaryForward elementwise_unary_forward;
ElementwiseUnaryGrad elementwise_unary_grad;
}  // namespace cpu
namespace cuda {
ElementwiseUnaryForward elementwise_unary_forward;
ElementwiseUnaryGrad elementwise_unary_grad;
}  // namespace cuda

inline constexpr Kernel elementwise_unary_forward{"elementwise_unary_forward", &reference::elementwise_unary_forward,
                                                  &cpu::elementwise_unary_forward,
                                                  CUDA_SLOT(cuda::elementwise_unary_forward)};
inline constexpr Kernel elementwise_unary_grad{"elementwise_unary_grad", &reference::elementwise_unary_grad,
                                               &cpu::elementwise_unary_grad, CUDA_SLOT(cuda::elementwise_unary_grad)};

}  // namespace kernels
