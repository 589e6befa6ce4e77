// SPDX-License-Identifier: Apache-2.0
// Softmax and its logarithm: each number is read once from memory and written once; a line is swept three times where
// lines.cuh keeps it (shared memory, or the caches).
#include "kernels/cuda/lines.cuh"
#include "kernels/softmax.h"

namespace kernels::cuda {

namespace {

template <LinesBy by, SoftmaxKind kind, class T>
__global__ void __launch_bounds__(line_threads) softmax_lines(LineShape shape, const T* x, T* y, bool aligned) {
  const T* none = nullptr;
  for_lines<by>(
      shape, blockIdx.x, x, none, y, aligned,
      [](const auto& line, std::int64_t, const T* numbers, const T*, T* results) {
        const float largest = largest_of(line, numbers);
        const float sum = sum_of_exponentials(line, numbers, largest);
        if constexpr (kind == SoftmaxKind::softmax) {
          const float factor = 1.0f / sum;
          line.each([&](int, std::int64_t at) { store(results, at, expf(load(numbers, at) - largest) * factor); });
        } else {
          const float logarithm = logf(sum);
          line.each([&](int, std::int64_t at) { store(results, at, (load(numbers, at) - largest) - logarithm); });
        }
      });
}

template <LinesBy by, SoftmaxKind kind, class T>
__global__ void __launch_bounds__(line_threads)
    softmax_gradient_lines(LineShape shape, const T* dy, const T* y, T* dx, bool aligned) {
  for_lines<by>(shape, blockIdx.x, dy, y, dx, aligned,
                [](const auto& line, std::int64_t, const T* gradients, const T* forward, T* results) {
                  constexpr bool plain = kind == SoftmaxKind::softmax;
                  float sum = 0;
                  line.each([&](int, std::int64_t at) {
                    sum += plain ? load(gradients, at) * load(forward, at) : load(gradients, at);
                  });
                  sum = line.sum(sum);
                  line.each([&](int, std::int64_t at) {
                    const float gradient = load(gradients, at), value = load(forward, at);
                    store(results, at, plain ? value * (gradient - sum) : gradient - expf(value) * sum);
                  });
                });
}

// Calls body.operator()<by, kind, T>().
template <class Body>
void visit(const SoftmaxOptions& options, ConstView x, const LineShape& shape, Body&& body) {
  visit_dtype<float, bf16>(x.dtype, "softmax", [&]<class T>() {
    visit_lines_by(shape, [&]<LinesBy by>() {
      if (options.kind == SoftmaxKind::softmax)
        body.template operator()<by, SoftmaxKind::softmax, T>();
      else
        body.template operator()<by, SoftmaxKind::log_softmax, T>();
    });
  });
}

}  // namespace

void softmax_forward(Queue& queue, const SoftmaxOptions& options, ConstView x, View y) {
  const LineShape shape = line_shape(x.shape, options.axis);
  visit(options, x, shape, [&]<LinesBy by, SoftmaxKind kind, class T>() {
    launch(queue, line_grid<T>("softmax_forward", shape, by, 1), softmax_lines<by, kind, T>, shape, x.as<T>(),
           y.as<T>(), all_aligned(x.as<T>(), y.as<T>()));
  });
}

void softmax_grad(Queue& queue, const SoftmaxOptions& options, ConstView dy, ConstView y, View dx) {
  const LineShape shape = line_shape(y.shape, options.axis);
  visit(options, dy, shape, [&]<LinesBy by, SoftmaxKind kind, class T>() {
    launch(queue, line_grid<T>("softmax_grad", shape, by, 2), softmax_gradient_lines<by, kind, T>, shape, dy.as<T>(),
           y.as<T>(), dx.as<T>(), all_aligned(dy.as<T>(), y.as<T>(), dx.as<T>()));
  });
}

}  // namespace kernels::cuda
