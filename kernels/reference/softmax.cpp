// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

namespace {

// Calls body(offset of the first number) for every line along the axis; the numbers of a line lie axis.inner apart.
template <class Body>
void for_each_line(const AxisView& axis, Body&& body) {
  for (std::int64_t outer = 0; outer < axis.outer; ++outer)
    for (std::int64_t inner = 0; inner < axis.inner; ++inner) body(outer * axis.extent * axis.inner + inner);
}

}  // namespace

void softmax_forward(Queue&, const SoftmaxOptions& options, ConstView x, View y) {
  const AxisView axis = along(x.shape, options.axis);
  const auto* from = x.as<double>();
  auto* to = y.as<double>();
  for_each_line(axis, [&](std::int64_t first) {
    const auto at = [&](std::int64_t k) {
      return first + k * axis.inner;
    };
    double largest = from[first], sum = 0;
    for (std::int64_t k = 0; k < axis.extent; ++k) largest = std::max(largest, from[at(k)]);
    for (std::int64_t k = 0; k < axis.extent; ++k) sum += std::exp(from[at(k)] - largest);
    for (std::int64_t k = 0; k < axis.extent; ++k) {
      const double shifted = from[at(k)] - largest;
      to[at(k)] = options.kind == SoftmaxKind::softmax ? std::exp(shifted) / sum : shifted - std::log(sum);
    }
  });
}

void softmax_grad(Queue&, const SoftmaxOptions& options, ConstView dy, ConstView y, View dx) {
  const AxisView axis = along(y.shape, options.axis);
  const auto *from = dy.as<double>(), *result = y.as<double>();
  auto* to = dx.as<double>();
  for_each_line(axis, [&](std::int64_t first) {
    const auto at = [&](std::int64_t k) {
      return first + k * axis.inner;
    };
    const bool plain = options.kind == SoftmaxKind::softmax;
    double sum = 0;
    for (std::int64_t k = 0; k < axis.extent; ++k) sum += from[at(k)] * (plain ? result[at(k)] : 1.0);
    for (std::int64_t k = 0; k < axis.extent; ++k)
      to[at(k)] = plain ? result[at(k)] * (from[at(k)] - sum) : from[at(k)] - std::exp(result[at(k)]) * sum;
  });
}

}  // namespace kernels::reference
