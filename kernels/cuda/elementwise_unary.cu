// SPDX-License-Identifier: Apache-2.0
// One kernel per function, so that each is a handful of instructions between two 128-bit accesses.
#include "kernels/cuda/elementwise.cuh"
#include "kernels/elementwise_unary.h"

namespace kernels::cuda {

namespace {

template <UnaryOp op>
struct Forward {
  float a, b;
  __device__ float operator()(float v) const {
    if constexpr (op == UnaryOp::relu) return v <= 0.0f ? 0.0f : v;
    if constexpr (op == UnaryOp::leaky_relu) return v > 0.0f ? v : v * a;
    if constexpr (op == UnaryOp::sigmoid) return 1.0f / (1.0f + expf(-v));
    if constexpr (op == UnaryOp::tanh) return tanhf(v);
    if constexpr (op == UnaryOp::exp) return expf(v);
    if constexpr (op == UnaryOp::log) return logf(v);
    if constexpr (op == UnaryOp::sqrt) return sqrtf(v);
    if constexpr (op == UnaryOp::square) return v * v;
    if constexpr (op == UnaryOp::absolute) return fabsf(v);
    if constexpr (op == UnaryOp::affine) return a * v + b;
    if constexpr (op == UnaryOp::clamp) {
      const float above = v < a ? a : v;
      return above > b ? b : above;
    }
  }
};

// dx of dy and of what was saved: y or x, as gradient_reads says.
template <UnaryOp op>
struct Gradient {
  float a, b;
  __device__ float operator()(float d) const { return a * d; }  // affine reads nothing else.
  __device__ float operator()(float d, float saved) const {
    if constexpr (op == UnaryOp::relu) return saved > 0.0f ? d : 0.0f;
    if constexpr (op == UnaryOp::leaky_relu) return saved > 0.0f ? d : d * a;
    if constexpr (op == UnaryOp::sigmoid) return d * (saved * (1.0f - saved));
    if constexpr (op == UnaryOp::tanh) return d * (1.0f - saved * saved);
    if constexpr (op == UnaryOp::exp) return d * saved;
    if constexpr (op == UnaryOp::log) return d / saved;
    if constexpr (op == UnaryOp::sqrt) return d * (0.5f / saved);
    if constexpr (op == UnaryOp::square) return d * (2.0f * saved);
    if constexpr (op == UnaryOp::absolute) return saved > 0.0f ? d : saved < 0.0f ? -d : 0.0f;
    if constexpr (op == UnaryOp::clamp) return saved >= a && saved <= b ? d : 0.0f;
    if constexpr (op == UnaryOp::affine) return a * d;
  }
};

// Calls body.operator()<op>() for the op that f names.
template <class Body>
void visit_op(UnaryOp op, Body&& body) {
  switch (op) {
    case UnaryOp::relu:
      return body.template operator()<UnaryOp::relu>();
    case UnaryOp::leaky_relu:
      return body.template operator()<UnaryOp::leaky_relu>();
    case UnaryOp::sigmoid:
      return body.template operator()<UnaryOp::sigmoid>();
    case UnaryOp::tanh:
      return body.template operator()<UnaryOp::tanh>();
    case UnaryOp::exp:
      return body.template operator()<UnaryOp::exp>();
    case UnaryOp::log:
      return body.template operator()<UnaryOp::log>();
    case UnaryOp::sqrt:
      return body.template operator()<UnaryOp::sqrt>();
    case UnaryOp::square:
      return body.template operator()<UnaryOp::square>();
    case UnaryOp::absolute:
      return body.template operator()<UnaryOp::absolute>();
    case UnaryOp::affine:
      return body.template operator()<UnaryOp::affine>();
    case UnaryOp::clamp:
      return body.template operator()<UnaryOp::clamp>();
  }
}

}  // namespace

void elementwise_unary_forward(Queue& queue, const UnaryFunction& f, ConstView x, View y) {
  const auto a = static_cast<float>(f.a), b = static_cast<float>(f.b);
  visit_dtype<float, bf16>(x.dtype, "elementwise_unary", [&]<class T>() {
    visit_op(f.op, [&]<UnaryOp op>() {
      launch_map(queue, "elementwise_unary_forward", Forward<op>{a, b}, x.as<T>(), y.as<T>(), y.elements());
    });
  });
}

void elementwise_unary_grad(Queue& queue, const UnaryFunction& f, ConstView dy, ConstView saved, View dx) {
  const auto a = static_cast<float>(f.a), b = static_cast<float>(f.b);
  visit_dtype<float, bf16>(dy.dtype, "elementwise_unary", [&]<class T>() {
    visit_op(f.op, [&]<UnaryOp op>() {
      if constexpr (op == UnaryOp::affine)
        launch_map(queue, "elementwise_unary_grad", Gradient<op>{a, b}, dy.as<T>(), dx.as<T>(), dx.elements());
      else
        launch_map(queue, "elementwise_unary_grad", Gradient<op>{a, b}, dy.as<T>(), saved.as<T>(), dx.as<T>(),
                   dx.elements());
    });
  });
}

}  // namespace kernels::cuda
