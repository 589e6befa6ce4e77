// SPDX-License-Identifier: Apache-2.0
// x^p = e^(p ln x) in vector loops; x = 0 comes out of the infinities of the logarithm.
#include "kernels/power.h"

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

namespace {

float raised(float x, float p) {
  return select(p == 0.0f, 1.0f, exponential(p * logarithm(x)));
}

// Calls body(image, first element, number of elements) for stretches of images; the borders depend on the shape alone.
template <class Body>
void for_each_stretch_of_image(Queue& queue, std::int64_t images, std::int64_t size, Body&& body) {
  const std::int64_t stretches = (size + elementwise_grain - 1) / elementwise_grain;
  parallel_for(queue, images * stretches, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i % stretches * elementwise_grain;
      body(i, i / stretches, i / stretches * size + first, std::min(elementwise_grain, size - first));
    }
  });
}

template <class T>
void grad(Queue& queue, const PowerOptions& options, ConstView dy, ConstView x, ConstView exponent,
          const PowerGradients& gradients) {
  const T *gradient = dy.as<T>(), *from = x.as<T>();
  T* to = gradients.dx.as<T>();
  const std::int64_t images = exponent.elements(), size = x.elements() / images;
  const std::int64_t stretches = (size + elementwise_grain - 1) / elementwise_grain;
  std::vector<double> partial(static_cast<std::size_t>(images * stretches));
  for_each_stretch_of_image(queue, images, size,
                            [&](std::int64_t index, std::int64_t n, std::int64_t first, std::int64_t count) {
                              const float p = exponent.as<float>()[n] + static_cast<float>(options.shift);
                              if (to)
                                for_each_block(
                                    count, [p](std::int64_t, float d, float v) { return d * p * raised(v, p - 1.0f); },
                                    to + first, gradient + first, from + first);
                              if (!gradients.dexponent) return;
                              float sums[block_lanes] = {};
                              for (std::int64_t at = first; at < first + count; at += block_lanes) {
                                const std::int64_t lanes = std::min(block_lanes, first + count - at);
                                for (std::int64_t i = 0; i < lanes; ++i) {
                                  const float v = load(from, at + i), d = load(gradient, at + i);
                                  const bool is_dark = v == 0.0f && p >= 0.0f;
                                  const float logarithm_of = logarithm(select(is_dark, 1.0f, v));
                                  sums[i] += d * raised(v, p) * logarithm_of;
                                }
                              }
                              double sum = 0;
                              for (const float each : sums) sum += static_cast<double>(each);
                              partial[static_cast<std::size_t>(index)] = sum;
                            });
  if (!gradients.dexponent) return;
  for (std::int64_t n = 0; n < images; ++n) {
    double sum = 0;
    for (std::int64_t i = n * stretches; i < (n + 1) * stretches; ++i) sum += partial[static_cast<std::size_t>(i)];
    gradients.dexponent.as<float>()[n] = static_cast<float>(sum);
  }
}

}  // namespace

void power_forward(Queue& queue, const PowerOptions& options, ConstView x, ConstView exponent, View y) {
  const std::int64_t images = exponent.elements(), size = x.elements() / images;
  visit_dtype<float, bf16>(x.dtype, "power_forward", [&]<class T>() {
    for_each_stretch_of_image(
        queue, images, size, [&](std::int64_t, std::int64_t n, std::int64_t first, std::int64_t count) {
          const float p = exponent.as<float>()[n] + static_cast<float>(options.shift);
          for_each_block(
              count, [p](std::int64_t, float v) { return raised(v, p); }, y.as<T>() + first, x.as<T>() + first);
        });
  });
}

void power_grad(Queue& queue, const PowerOptions& options, ConstView dy, ConstView x, ConstView exponent,
                const PowerGradients& gradients) {
  visit_dtype<float, bf16>(x.dtype, "power_grad",
                           [&]<class T>() { grad<T>(queue, options, dy, x, exponent, gradients); });
}

}  // namespace kernels::cpu
