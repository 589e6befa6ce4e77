// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/initialisation.h"

#include <cmath>
#include <numbers>
#include <string>

#include "kernels/random.h"

namespace engine::nn {

namespace {

double kernel_area(const kernels::Shape& weight) {
  double area = 1;
  for (int axis = 2; axis < weight.rank(); ++axis) area *= static_cast<double>(weight[axis]);
  return area;
}

}  // namespace

Initialisation default_uniform(const kernels::Shape& weight) {
  return Initialisation::uniform(1.0 / std::sqrt(static_cast<double>(weight[1]) * kernel_area(weight)));
}

Initialisation xavier_uniform(const kernels::Shape& weight) {
  return Initialisation::uniform(std::sqrt(6.0 / (static_cast<double>(weight[0] + weight[1]) * kernel_area(weight))));
}

Initialisation kaiming_normal_fan_out(const kernels::Shape& weight) {
  return Initialisation::normal(std::sqrt(2.0 / (static_cast<double>(weight[0]) * kernel_area(weight))));
}

template <class T>
std::vector<T> initial_values(const Initialisation& rule, const kernels::Shape& shape, std::uint64_t seed,
                              std::string_view name) {
  kernels::RandomStream stream(seed, "weights/" + std::string(name));
  std::vector<T> values(static_cast<std::size_t>(shape.elements()), static_cast<T>(rule.value));
  if (rule.kind == Initialisation::Kind::constant) return values;
  for (T& value : values) {
    const double u = stream.uniform();
    if (rule.kind == Initialisation::Kind::uniform) {
      value = static_cast<T>(rule.value * (2 * u - 1));
    } else {  // Box and Muller 1958; 1 - u lies in (0, 1].
      const double radius = std::sqrt(-2 * std::log(1 - u));
      value = static_cast<T>(rule.value * radius * std::cos(2 * std::numbers::pi * stream.uniform()));
    }
  }
  return values;
}

template std::vector<float> initial_values(const Initialisation&, const kernels::Shape&, std::uint64_t,
                                           std::string_view);
template std::vector<double> initial_values(const Initialisation&, const kernels::Shape&, std::uint64_t,
                                            std::string_view);

}  // namespace engine::nn
