// SPDX-License-Identifier: Apache-2.0
// Arithmetic of two tensors, element by element, with broadcasting: the shorter shape is padded with ones in front,
// then extents must be equal or 1. Types: both alike, or one of them the master type (f32) beside bf16, which gives
// bf16. Differentiable in both. Throws ShapeError, DTypeError, DeviceError.
#pragma once

#include "engine/ops/elementwise_unary.h"
#include "engine/tensor.h"
#include "kernels/elementwise_binary.h"

namespace engine {

Tensor add(const Tensor& a, const Tensor& b);
Tensor subtract(const Tensor& a, const Tensor& b);
Tensor multiply(const Tensor& a, const Tensor& b);
Tensor divide(const Tensor& a, const Tensor& b);

inline Tensor operator+(const Tensor& a, const Tensor& b) {
  return add(a, b);
}
inline Tensor operator-(const Tensor& a, const Tensor& b) {
  return subtract(a, b);
}
inline Tensor operator*(const Tensor& a, const Tensor& b) {
  return multiply(a, b);
}
inline Tensor operator/(const Tensor& a, const Tensor& b) {
  return divide(a, b);
}

inline Tensor operator+(const Tensor& x, double number) {
  return affine(x, 1, number);
}
inline Tensor operator+(double number, const Tensor& x) {
  return affine(x, 1, number);
}
inline Tensor operator-(const Tensor& x, double number) {
  return affine(x, 1, -number);
}
inline Tensor operator-(double number, const Tensor& x) {
  return affine(x, -1, number);
}
inline Tensor operator*(const Tensor& x, double number) {
  return affine(x, number, 0);
}
inline Tensor operator*(double number, const Tensor& x) {
  return affine(x, number, 0);
}
inline Tensor operator/(const Tensor& x, double number) {
  return affine(x, 1 / number, 0);
}
inline Tensor operator-(const Tensor& x) {
  return affine(x, -1, 0);
}

}  // namespace engine
