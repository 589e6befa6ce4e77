// SPDX-License-Identifier: Apache-2.0
// Attention transfer by its formula, image by image.
#include "kernels/attention_distillation.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

namespace {

// Writes q of one image and returns |A|.
double attention_map(const double* features, std::int64_t pixels, std::int64_t channels, double* map) {
  double sum = 0;
  for (std::int64_t i = 0; i < pixels; ++i) {
    map[i] = 0;
    for (std::int64_t c = 0; c < channels; ++c) map[i] += features[i * channels + c] * features[i * channels + c];
    map[i] /= static_cast<double>(channels);
    sum += map[i] * map[i];
  }
  const double norm = std::sqrt(sum);
  for (std::int64_t i = 0; i < pixels; ++i) map[i] /= std::max(norm, least_attention_norm);
  return norm;
}

}  // namespace

void attention_distillation_forward(Queue&, ConstView student, ConstView teacher, View loss,
                                    const AttentionMaps& maps) {
  const Shape &s = student.shape, &t = teacher.shape;
  const std::int64_t pixels = s.h() * s.w();
  double sum = 0;
  for (std::int64_t image = 0; image < s.n(); ++image) {
    const std::int64_t first = image * pixels;
    double *a = maps.student.as<double>() + first, *b = maps.teacher.as<double>() + first;
    maps.norm.as<double>()[image] = attention_map(student.as<double>() + first * s.c(), pixels, s.c(), a);
    attention_map(teacher.as<double>() + first * t.c(), pixels, t.c(), b);
    for (std::int64_t i = 0; i < pixels; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  }
  loss.as<double>()[0] = sum / static_cast<double>(s.pixels());
}

void attention_distillation_grad(Queue&, ConstView student, const AttentionMaps& maps, ConstView dloss, View dstudent) {
  const Shape& s = student.shape;
  const std::int64_t pixels = s.h() * s.w();
  const double factor = 2 * dloss.as<double>()[0] / static_cast<double>(s.pixels());
  for (std::int64_t image = 0; image < s.n(); ++image) {
    const std::int64_t first = image * pixels;
    const double *q = maps.student.as<double>() + first, *target = maps.teacher.as<double>() + first;
    const double norm = maps.norm.as<double>()[image];
    double product = 0;  // q . g
    for (std::int64_t i = 0; i < pixels; ++i) product += q[i] * factor * (q[i] - target[i]);
    for (std::int64_t i = 0; i < pixels; ++i) {
      const double g = factor * (q[i] - target[i]);
      const double of_map = norm < least_attention_norm ? 0 : (g - q[i] * product) / norm;
      for (std::int64_t c = 0; c < s.c(); ++c) {
        const std::int64_t at = (first + i) * s.c() + c;
        dstudent.as<double>()[at] = 2 * student.as<double>()[at] / static_cast<double>(s.c()) * of_map;
      }
    }
  }
}

}  // namespace kernels::reference
