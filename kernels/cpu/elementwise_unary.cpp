// SPDX-License-Identifier: Apache-2.0
// Straight vector loops; exponential and logarithm are our own.
#include "kernels/elementwise_unary.h"

#include <cmath>

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

namespace {

template <class Function>
void map(Queue& queue, ConstView x, View y, Function function) {
  visit_dtype<float, bf16>(x.dtype, "elementwise_unary", [&]<class T>() {
    const T* from = x.as<T>();
    T* to = y.as<T>();
    parallel_for(queue, y.elements(), elementwise_grain, [&](std::int64_t begin, std::int64_t end) {
      for_each_block(
          end - begin, [&](std::int64_t, float value) { return function(value); }, to + begin, from + begin);
    });
  });
}

template <class Function>
void map(Queue& queue, ConstView dy, ConstView saved, View dx, Function function) {
  visit_dtype<float, bf16>(dy.dtype, "elementwise_unary", [&]<class T>() {
    const T *from = dy.as<T>(), *kept = saved.as<T>();
    T* to = dx.as<T>();
    parallel_for(queue, dx.elements(), elementwise_grain, [&](std::int64_t begin, std::int64_t end) {
      for_each_block(
          end - begin, [&](std::int64_t, float value, float known) { return function(value, known); }, to + begin,
          from + begin, kept + begin);
    });
  });
}

}  // namespace

void elementwise_unary_forward(Queue& queue, const UnaryFunction& f, ConstView x, View y) {
  const auto a = static_cast<float>(f.a), b = static_cast<float>(f.b);
  switch (f.op) {
    case UnaryOp::relu:
      return map(queue, x, y, [](float v) { return v <= 0.0f ? 0.0f : v; });
    case UnaryOp::leaky_relu:
      return map(queue, x, y, [a](float v) { return v * select(v > 0.0f, 1.0f, a); });
    case UnaryOp::sigmoid:
      return map(queue, x, y, [](float v) { return 1.0f / (1.0f + exponential(-v)); });
    case UnaryOp::tanh:
      return map(queue, x, y, [](float v) { return hyperbolic_tangent(v); });
    case UnaryOp::exp:
      return map(queue, x, y, [](float v) { return exponential(v); });
    case UnaryOp::log:
      return map(queue, x, y, [](float v) { return logarithm(v); });
    case UnaryOp::sqrt:
      return map(queue, x, y, [](float v) { return std::sqrt(v); });
    case UnaryOp::square:
      return map(queue, x, y, [](float v) { return v * v; });
    case UnaryOp::absolute:
      return map(queue, x, y, [](float v) { return std::abs(v); });
    case UnaryOp::affine:
      return map(queue, x, y, [a, b](float v) { return a * v + b; });
    case UnaryOp::clamp:
      return map(queue, x, y, [a, b](float v) {
        const float above = v < a ? a : v;
        return above > b ? b : above;
      });
  }
}

void elementwise_unary_grad(Queue& queue, const UnaryFunction& f, ConstView dy, ConstView saved, View dx) {
  const auto a = static_cast<float>(f.a), b = static_cast<float>(f.b);
  switch (f.op) {
    case UnaryOp::relu:
      return map(queue, dy, saved, dx, [](float d, float y) { return y > 0.0f ? d : 0.0f; });
    case UnaryOp::leaky_relu:
      return map(queue, dy, saved, dx, [a](float d, float v) { return d * select(v > 0.0f, 1.0f, a); });
    case UnaryOp::sigmoid:
      return map(queue, dy, saved, dx, [](float d, float y) { return d * (y * (1.0f - y)); });
    case UnaryOp::tanh:
      return map(queue, dy, saved, dx, [](float d, float y) { return d * (1.0f - y * y); });
    case UnaryOp::exp:
      return map(queue, dy, saved, dx, [](float d, float y) { return d * y; });
    case UnaryOp::log:
      return map(queue, dy, saved, dx, [](float d, float x) { return d / x; });
    case UnaryOp::sqrt:
      return map(queue, dy, saved, dx, [](float d, float y) { return d * (0.5f / y); });
    case UnaryOp::square:
      return map(queue, dy, saved, dx, [](float d, float x) { return d * (2.0f * x); });
    case UnaryOp::absolute:
      return map(queue, dy, saved, dx, [](float d, float x) { return x > 0.0f ? d : x < 0.0f ? -d : 0.0f; });
    case UnaryOp::affine:
      return map(queue, dy, dx, [a](float d) { return a * d; });
    case UnaryOp::clamp:
      return map(queue, dy, saved, dx, [a, b](float d, float x) { return x >= a && x <= b ? d : 0.0f; });
  }
}

}  // namespace kernels::cpu
