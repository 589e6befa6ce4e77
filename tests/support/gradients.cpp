// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gradients.h"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/devices.h"

namespace test {

namespace {

using Function = std::function<Tensor(const std::vector<Tensor>&)>;

// The same numbers on another queue.
Tensor copy_to(const std::shared_ptr<kernels::Queue>& queue, const Tensor& tensor) {
  const std::vector<double> values = engine::download(tensor);
  return engine::from_host(std::span<const double>(values), tensor.shape(), engine::master_dtype(*queue), queue);
}

// Random numbers that f32 has, too.
Tensor random_input(const Shape& shape, std::uint64_t seed, double low = -1, double high = 1) {
  return copy_to(reference_queue(), random_tensor(queue_of(DeviceKind::cpu), shape, DType::f32, seed, low, high));
}

void compare_devices(const Function& f, const std::vector<Tensor>& inputs, const Tensor& y, const Tensor& dy,
                     double tolerance) {
  for (const auto& queue : working_queues()) {
    const std::string device = to_string(queue->device());
    std::vector<Tensor> copies;
    for (const Tensor& input : inputs) copies.push_back(copy_to(queue, input).set_requires_grad(true));
    const Tensor result = f(copies);
    REQUIRE(result.shape() == y.shape());
    expect_close(engine::download(result), engine::download(y), tolerance, device + ": result");
    engine::backward_from(result, copy_to(queue, dy));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      REQUIRE(copies[i].grad());
      expect_close(engine::download(copies[i].grad()), engine::download(inputs[i].grad()), tolerance,
                   device + ": gradient of input " + std::to_string(i));
    }
  }
}

}  // namespace

void check_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f, const std::vector<Shape>& shapes,
                     const GradientCheck& options) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    inputs.push_back(random_input(shapes[i], options.seed + i, options.low, options.high));
    inputs.back().set_requires_grad(true);
  }
  const Tensor y = f(inputs);
  const Tensor dy = random_input(y.shape(), options.seed + 1000);
  engine::backward_from(y, dy);
  if (options.device_tolerance > 0) compare_devices(f, inputs, y, dy, options.device_tolerance);

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
