// SPDX-License-Identifier: Apache-2.0
// Maps are small and the exponents few: one thread per pixel, and the sums for the exponents go through the row of
// sums.
#include "kernels/cuda/elementwise.cuh"
#include "kernels/power.h"
#include "kernels/reduce.h"

namespace kernels::cuda {

namespace {

template <class T>
__global__ void raise(const T* x, const float* exponent, float shift, std::int64_t size, T* y, std::int64_t count) {
  const std::int64_t at = chunk_start<1>();
  if (at < count) store(y, at, powf(load(x, at), exponent[at / size] + shift));
}

// dx or terms may be null. terms: what each pixel adds to its image's exponent.
template <class T>
__global__ void raise_gradient(const T* dy, const T* x, const float* exponent, float shift, std::int64_t size, T* dx,
                               float* terms, std::int64_t count) {
  const std::int64_t at = chunk_start<1>();
  if (at >= count) return;
  const float gradient = load(dy, at), value = load(x, at), p = exponent[at / size] + shift;
  if (dx) store(dx, at, gradient * p * powf(value, p - 1.0f));
  if (terms) terms[at] = value == 0.0f && p >= 0.0f ? 0.0f : gradient * powf(value, p) * logf(value);
}

}  // namespace

void power_forward(Queue& queue, const PowerOptions& options, ConstView x, ConstView exponent, View y) {
  const std::int64_t count = x.elements();
  visit_dtype<float, bf16>(x.dtype, "power_forward", [&]<class T>() {
    launch(queue, elementwise_grid("power_forward", count, 1), raise<T>, x.as<T>(), exponent.as<float>(),
           static_cast<float>(options.shift), count / exponent.elements(), y.as<T>(), count);
  });
}

void power_grad(Queue& queue, const PowerOptions& options, ConstView dy, ConstView x, ConstView exponent,
                const PowerGradients& gradients) {
  const std::int64_t count = x.elements(), images = exponent.elements();
  const Workspace terms(queue, gradients.dexponent ? static_cast<std::size_t>(count) * sizeof(float) : 1);
  visit_dtype<float, bf16>(x.dtype, "power_grad", [&]<class T>() {
    launch(queue, elementwise_grid("power_grad", count, 1), raise_gradient<T>, dy.as<T>(), x.as<T>(),
           exponent.as<float>(), static_cast<float>(options.shift), count / images, gradients.dx.as<T>(),
           gradients.dexponent ? terms.as<float>() : nullptr, count);
  });
  if (!gradients.dexponent) return;
  const View of_pixels{terms.data(), DType::f32, {images, count / images}};
  reduce_sum(queue, 1.0, of_pixels, View{gradients.dexponent.data, DType::f32, {images, 1}});
}

}  // namespace kernels::cuda
