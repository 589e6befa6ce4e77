// SPDX-License-Identifier: Apache-2.0
// One pass over both operands in each direction.
#include "kernels/mean_squared_error.h"

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/term_sum.h"

namespace kernels::cpu {

void mean_squared_error_forward(Queue& queue, ConstView x, ConstView target, View loss) {
  visit_dtype<float, bf16>(x.dtype, "mean_squared_error", [&]<class T>() {
    const auto *a = x.as<T>(), *b = target.as<T>();
    const double sum = sum_of_chunks(queue, x.elements(), term_chunk, [=](std::int64_t begin, std::int64_t end) {
      return sum_of_terms(begin, end, [=](std::int64_t i) {
        const float difference = load(a, i) - load(b, i);
        return difference * difference;
      });
    });
    loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(x.elements()));
  });
}

void mean_squared_error_grad(Queue& queue, ConstView x, ConstView target, ConstView dloss, View dx) {
  visit_dtype<float, bf16>(x.dtype, "mean_squared_error", [&]<class T>() {
    const auto *a = x.as<T>(), *b = target.as<T>();
    auto* to = dx.as<T>();
    const float factor = 2 * dloss.as<float>()[0] / static_cast<float>(x.elements());
    parallel_for(queue, x.elements(), elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
      for_each_block(
          end - begin, [=](std::int64_t, float p, float q) { return factor * (p - q); }, to + begin, a + begin,
          b + begin);
    });
  });
}

}  // namespace kernels::cpu
