// SPDX-License-Identifier: Apache-2.0
// One pass over memory in each direction, in transposed blocks (planes.h).
#include "kernels/softmax.h"

#include "kernels/cpu/planes.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t block = Planes::block;

template <class T>
void forward(Queue& queue, const SoftmaxOptions& options, ConstView x, View y) {
  const AxisView axis = along(x.shape, options.axis);
  const T* from = x.as<T>();
  T* to = y.as<T>();
  const auto make = [&] {
    return Planes(axis.extent);
  };
  for_each_axis_block(queue, axis, make, [&](const BlockPlace& place, std::int64_t, Planes& planes) {
    Normaliser normaliser;
    float factor[block];
    planes.gather(from, place);
    if (options.kind == SoftmaxKind::softmax) {
      normalise(planes, normaliser, [](float& number, float e) { number = e; });
      for (std::int64_t p = 0; p < block; ++p) factor[p] = 1.0f / normaliser.sum[p];
      for (std::int64_t k = 0; k < axis.extent; ++k) {
        float* plane = planes.plane(k);
        for (std::int64_t p = 0; p < block; ++p) plane[p] *= factor[p];
      }
    } else {
      normalise(planes, normaliser, [](float&, float) {});
      for (std::int64_t p = 0; p < block; ++p) factor[p] = logarithm(normaliser.sum[p]);
      for (std::int64_t k = 0; k < axis.extent; ++k) {
        float* plane = planes.plane(k);
        for (std::int64_t p = 0; p < block; ++p) plane[p] = (plane[p] - normaliser.largest[p]) - factor[p];
      }
    }
    planes.scatter(to, place);
  });
}

template <class T>
void grad(Queue& queue, const SoftmaxOptions& options, ConstView dy, ConstView y, View dx) {
  const AxisView axis = along(y.shape, options.axis);
  const T *from = dy.as<T>(), *result = y.as<T>();
  T* to = dx.as<T>();
  struct Pair {
    Planes gradient, result;
  };
  const auto make = [&] {
    return Pair{Planes(axis.extent), Planes(axis.extent)};
  };
  const bool plain = options.kind == SoftmaxKind::softmax;
  for_each_axis_block(queue, axis, make, [&](const BlockPlace& place, std::int64_t, Pair& planes) {
    float sum[block] = {};
    planes.gradient.gather(from, place);
    planes.result.gather(result, place);
    for (std::int64_t k = 0; k < axis.extent; ++k) {
      const float *g = planes.gradient.plane(k), *r = planes.result.plane(k);
      if (plain)
        for (std::int64_t p = 0; p < block; ++p) sum[p] += g[p] * r[p];
      else
        for (std::int64_t p = 0; p < block; ++p) sum[p] += g[p];
    }
    for (std::int64_t k = 0; k < axis.extent; ++k) {
      float* g = planes.gradient.plane(k);
      const float* r = planes.result.plane(k);
      if (plain)
        for (std::int64_t p = 0; p < block; ++p) g[p] = r[p] * (g[p] - sum[p]);
      else
        for (std::int64_t p = 0; p < block; ++p) g[p] -= exponential(r[p]) * sum[p];
    }
    planes.gradient.scatter(to, place);
  });
}

}  // namespace

void softmax_forward(Queue& queue, const SoftmaxOptions& options, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "softmax_forward", [&]<class T>() { forward<T>(queue, options, x, y); });
}

void softmax_grad(Queue& queue, const SoftmaxOptions& options, ConstView dy, ConstView y, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "softmax_grad", [&]<class T>() { grad<T>(queue, options, dy, y, dx); });
}

}  // namespace kernels::cpu
