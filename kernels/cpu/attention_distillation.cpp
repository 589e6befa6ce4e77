// SPDX-License-Identifier: Apache-2.0
// Each feature is read once: the maps have one number per pixel, and the rest is work on those.
#include "kernels/attention_distillation.h"

#include <cmath>

#include "kernels/cpu/term_sum.h"

namespace kernels::cpu {

namespace {

// A of every pixel.
void write_energies(Queue& queue, ConstView features, float* energies) {
  const std::int64_t channels = features.shape.c();
  visit_dtype<float, bf16>(features.dtype, "attention_distillation", [&]<class T>() {
    const T* from = features.as<T>();
    parallel_for(queue, features.shape.pixels(), std::max<std::int64_t>(1, term_chunk / channels),
                 [=](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i) {
                     const T* pixel = from + i * channels;
                     const double sum = sum_of_terms(0, channels, [=](std::int64_t c) {
                       const float value = load(pixel, c);
                       return value * value;
                     });
                     energies[i] = static_cast<float>(sum / static_cast<double>(channels));
                   }
                 });
  });
}

// Divides a map by its norm, which is returned.
double make_unit(float* map, std::int64_t pixels) {
  const double norm =
      std::sqrt(sum_of_terms(0, pixels, [=](std::int64_t i) { return static_cast<double>(map[i]) * map[i]; }));
  const auto inverse = static_cast<float>(1 / std::max(norm, least_attention_norm));
  for (std::int64_t i = 0; i < pixels; ++i) map[i] *= inverse;
  return norm;
}

}  // namespace

void attention_distillation_forward(Queue& queue, ConstView student, ConstView teacher, View loss,
                                    const AttentionMaps& maps) {
  const Shape& s = student.shape;
  const std::int64_t pixels = s.h() * s.w();
  auto *of_student = maps.student.as<float>(), *of_teacher = maps.teacher.as<float>();
  write_energies(queue, student, of_student);
  write_energies(queue, teacher, of_teacher);
  double sum = 0;
  for (std::int64_t image = 0; image < s.n(); ++image) {
    float *q = of_student + image * pixels, *target = of_teacher + image * pixels;
    maps.norm.as<float>()[image] = static_cast<float>(make_unit(q, pixels));
    make_unit(target, pixels);
    sum += sum_of_terms(0, pixels, [=](std::int64_t i) { return (q[i] - target[i]) * (q[i] - target[i]); });
  }
  loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(s.pixels()));
}

void attention_distillation_grad(Queue& queue, ConstView student, const AttentionMaps& maps, ConstView dloss,
                                 View dstudent) {
  const Shape& s = student.shape;
  const std::int64_t pixels = s.h() * s.w(), channels = s.c();
  const auto *of_student = maps.student.as<float>(), *of_teacher = maps.teacher.as<float>();
  const float factor = 2 * dloss.as<float>()[0] / static_cast<float>(s.pixels());
  std::vector<float> of_map(static_cast<std::size_t>(s.pixels()));  // The factor on 2 f / c.
  for (std::int64_t image = 0; image < s.n(); ++image) {
    const float *q = of_student + image * pixels, *target = of_teacher + image * pixels;
    const float norm = maps.norm.as<float>()[image];
    const auto product =
        static_cast<float>(sum_of_terms(0, pixels, [=](std::int64_t i) { return q[i] * factor * (q[i] - target[i]); }));
    const float inverse = norm < static_cast<float>(least_attention_norm) ? 0.0f : 1 / norm;
    for (std::int64_t i = 0; i < pixels; ++i)
      of_map[static_cast<std::size_t>(image * pixels + i)] =
          (factor * (q[i] - target[i]) - q[i] * product) * inverse * 2 / static_cast<float>(channels);
  }
  visit_dtype<float, bf16>(student.dtype, "attention_distillation", [&]<class T>() {
    const T* from = student.as<T>();
    T* to = dstudent.as<T>();
    const float* factors = of_map.data();
    parallel_for(queue, s.pixels(), std::max<std::int64_t>(1, term_chunk / channels),
                 [=](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i)
                     for (std::int64_t c = i * channels; c < (i + 1) * channels; ++c)
                       store(to, c, load(from, c) * factors[i]);
                 });
  });
}

}  // namespace kernels::cpu
