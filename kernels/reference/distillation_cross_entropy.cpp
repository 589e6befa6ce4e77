// SPDX-License-Identifier: Apache-2.0
// Cross entropy of softened probabilities by its formula, pixel by pixel.
#include "kernels/distillation_cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernels::reference {

namespace {

// log softmax(logits / temperature) of one pixel.
std::vector<double> softened(const double* logits, std::int64_t classes, double temperature) {
  std::vector<double> values(logits, logits + classes);
  for (double& value : values) value /= temperature;
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += std::exp(value - largest);
  for (double& value : values) value -= largest + std::log(sum);
  return values;
}

}  // namespace

void distillation_cross_entropy_forward(Queue&, const DistillationCrossEntropyOptions& options, ConstView student,
                                        ConstView teacher, View loss) {
  const std::int64_t classes = student.shape.c(), pixels = student.shape.pixels();
  double sum = 0;
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
    const std::vector<double> s = softened(student.as<double>() + pixel * classes, classes, options.temperature);
    const std::vector<double> t = softened(teacher.as<double>() + pixel * classes, classes, options.temperature);
    for (std::size_t c = 0; c < s.size(); ++c) sum -= std::exp(t[c]) * s[c];
  }
  loss.as<double>()[0] = sum / static_cast<double>(pixels);
}

void distillation_cross_entropy_grad(Queue&, const DistillationCrossEntropyOptions& options, ConstView student,
                                     ConstView teacher, ConstView dloss, View dstudent) {
  const std::int64_t classes = student.shape.c(), pixels = student.shape.pixels();
  const double factor = dloss.as<double>()[0] / (options.temperature * static_cast<double>(pixels));
  auto* to = dstudent.as<double>();
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
    const std::vector<double> s = softened(student.as<double>() + pixel * classes, classes, options.temperature);
    const std::vector<double> t = softened(teacher.as<double>() + pixel * classes, classes, options.temperature);
    for (std::size_t c = 0; c < s.size(); ++c) *to++ = factor * (std::exp(s[c]) - std::exp(t[c]));
  }
}

}  // namespace kernels::reference
