// SPDX-License-Identifier: Apache-2.0
#include "kernels/argmax.h"
#include "kernels/cuda/argmax.cuh"

namespace kernels::cuda {

namespace {

template <LinesBy by, class T>
__global__ void __launch_bounds__(line_threads)
    argmax_lines(LineShape shape, const T* x, std::int64_t* y, bool aligned) {
  const T* none = nullptr;
  T* no_result = nullptr;
  for_lines<by>(shape, blockIdx.x, x, none, no_result, aligned,
                [=](const auto& line, std::int64_t number, const T* numbers, const T*, T*) {
                  const int place = place_of_largest(line, numbers);
                  if (line.leads()) y[number] = place;
                });
}

}  // namespace

void argmax(Queue& queue, int axis, ConstView x, View y) {
  const LineShape shape = line_shape(x.shape, axis);
  visit_dtype<float, bf16>(x.dtype, "argmax", [&]<class T>() {
    visit_lines_by(shape, [&]<LinesBy by>() {
      launch(queue, line_grid<T>("argmax", shape, by, 1), argmax_lines<by, T>, shape, x.as<T>(), y.as<std::int64_t>(),
             all_aligned(x.as<T>()));
    });
  });
}

}  // namespace kernels::cuda
