// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gradients.h"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"

namespace test {

void check_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f, const std::vector<Shape>& shapes,
                     const GradientCheck& options) {
  const auto queue = reference_queue();
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    inputs.push_back(random_tensor(queue, shapes[i], DType::f64, options.seed + i, options.low, options.high));
    inputs.back().set_requires_grad(true);
  }
  const Tensor y = f(inputs);
  const Tensor dy = random_tensor(queue, y.shape(), DType::f64, options.seed + 1000);
  engine::backward_from(y, dy);

  const engine::NoGradient no_gradient;
  const std::vector<double> weights = engine::download(dy);
  const auto weighted = [&] {
    const std::vector<double> values = engine::download(f(inputs));
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * weights[i];
    return sum;
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    INFO("input " << i << " of shape " << to_string(shapes[i]));
    REQUIRE(inputs[i].grad());
    REQUIRE(inputs[i].grad().shape() == shapes[i]);
    const auto* gradient = inputs[i].grad().view().as<double>();
    const std::int64_t count = shapes[i].elements(), stride = std::max<std::int64_t>(1, count / options.samples);
    double largest = 0;
    for (std::int64_t k = 0; k < count; ++k) largest = std::max(largest, std::abs(gradient[k]));
    for (std::int64_t k = 0; k < count; k += stride) {
      auto* data = inputs[i].mutable_view().as<double>();
      const double before = data[k];
      data[k] = before + options.step;
      const double above = weighted();
      data[k] = before - options.step;
      const double below = weighted();
      data[k] = before;
      const double difference = (above - below) / (2 * options.step);
      if (!(std::abs(difference - gradient[k]) <= options.tolerance * std::max(largest, 1.0)))
        FAIL_CHECK("element " << k << ": the rule gives " << gradient[k] << ", differences give " << difference
                              << ", tolerance " << options.tolerance * std::max(largest, 1.0));
    }
  }
  SUCCEED();
}

}  // namespace test
