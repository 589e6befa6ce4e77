// SPDX-License-Identifier: Apache-2.0
#include "kernels/resampling.h"

#include <algorithm>
#include <cmath>

namespace kernels {
namespace {

double triangle(double x) {
  return std::max(0.0, 1.0 - std::abs(x));
}

double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

}  // namespace

std::vector<std::int32_t> resampling_table(int in, int out, ResamplingKernel kernel) {
  const bool is_cubic = kernel == ResamplingKernel::cubic;
  const double scale = static_cast<double>(in) / out;
  const double stretch = std::max(scale, 1.0);
  const double reach = (is_cubic ? 2.0 : 1.0) * stretch;
  const int stride = 2 * static_cast<int>(std::ceil(reach)) + 1;
  std::vector<std::int32_t> table(1 + static_cast<std::size_t>(out) * (stride + 2));
  std::vector<double> exact(static_cast<std::size_t>(stride));
  table[0] = stride;
  std::int32_t* entry = &table[1];
  for (int i = 0; i < out; ++i, entry += stride + 2) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - reach + 0.5));
    const int last = std::min(in, static_cast<int>(centre + reach + 0.5));
    double total = 0;
    for (int k = first; k < last; ++k) {
      const double distance = (k + 0.5 - centre) / stretch;
      const double weight = is_cubic ? cubic(distance) : triangle(distance);
      exact[static_cast<std::size_t>(k - first)] = weight;
      total += weight;
    }
    entry[0] = first;
    entry[1] = last - first;
    for (int k = 0; k < last - first; ++k)
      entry[2 + k] = static_cast<std::int32_t>(std::round(exact[static_cast<std::size_t>(k)] / total * resampling_one));
  }
  return table;
}

}  // namespace kernels
