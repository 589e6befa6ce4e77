// SPDX-License-Identifier: Apache-2.0
// One pass over both maps of logits in each direction, in blocks of pixels that are transposed into planes per class.
#include "kernels/distillation_cross_entropy.h"

#include "kernels/cpu/planes.h"
#include "kernels/cpu/term_sum.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t block = Planes::block;
constexpr std::int64_t chunk = 32 * block;  // Pixels per partial sum.

// The logits of a block of pixels, divided by the temperature.
template <class T>
void gather_softened(Planes& planes, const T* logits, const BlockPlace& place, float inverse_temperature) {
  planes.gather(logits, place);
  for (std::int64_t c = 0; c < planes.extent(); ++c) {
    float* plane = planes.plane(c);
    for (std::int64_t p = 0; p < block; ++p) plane[p] *= inverse_temperature;
  }
}

// The sum over pixels [begin, end).
template <class T>
double cross_entropy_of(const T* student, const T* teacher, std::int64_t classes, float inverse_temperature,
                        std::int64_t begin, std::int64_t end) {
  Planes s(classes), t(classes);
  Normaliser of_student, of_teacher;
  double sum = 0;
  for (std::int64_t at = begin; at < end; at += block) {
    const BlockPlace place{at * classes, std::min(block, end - at), classes, 1};
    gather_softened(s, student, place, inverse_temperature);
    gather_softened(t, teacher, place, inverse_temperature);
    normalise(s, of_student, [](float&, float) {});
    normalise(t, of_teacher, [](float& logit, float e) { logit = e; });
    float products[block] = {};  // Of the teacher's weights and the student's distance to its largest logit.
    for (std::int64_t c = 0; c < classes; ++c) {
      const float *of_s = s.plane(c), *of_t = t.plane(c);
      for (std::int64_t p = 0; p < block; ++p) products[p] += of_t[p] * (of_student.largest[p] - of_s[p]);
    }
    for (std::int64_t p = 0; p < block; ++p)
      products[p] = logarithm(of_student.sum[p]) + products[p] / of_teacher.sum[p];
    for (std::int64_t p = 0; p < place.count; ++p) sum += static_cast<double>(products[p]);
  }
  return sum;
}

}  // namespace

void distillation_cross_entropy_forward(Queue& queue, const DistillationCrossEntropyOptions& options, ConstView student,
                                        ConstView teacher, View loss) {
  const std::int64_t classes = student.shape.c(), pixels = student.shape.pixels();
  const auto inverse_temperature = static_cast<float>(1 / options.temperature);
  visit_dtype<float, bf16>(student.dtype, "distillation_cross_entropy", [&]<class T>() {
    const auto *s = student.as<T>(), *t = teacher.as<T>();
    const double sum = sum_of_chunks(queue, pixels, chunk, [=](std::int64_t begin, std::int64_t end) {
      return cross_entropy_of(s, t, classes, inverse_temperature, begin, end);
    });
    loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(pixels));
  });
}

void distillation_cross_entropy_grad(Queue& queue, const DistillationCrossEntropyOptions& options, ConstView student,
                                     ConstView teacher, ConstView dloss, View dstudent) {
  const std::int64_t classes = student.shape.c(), pixels = student.shape.pixels();
  const auto inverse_temperature = static_cast<float>(1 / options.temperature);
  const float factor = dloss.as<float>()[0] * inverse_temperature / static_cast<float>(pixels);
  visit_dtype<float, bf16>(student.dtype, "distillation_cross_entropy", [&]<class T>() {
    const auto *from_student = student.as<T>(), *from_teacher = teacher.as<T>();
    auto* to = dstudent.as<T>();
    parallel_for(queue, (pixels + block - 1) / block, 16, [&](std::int64_t first, std::int64_t last) {
      Planes s(classes), t(classes);
      Normaliser of_student, of_teacher;
      for (std::int64_t at = first * block; at < std::min(pixels, last * block); at += block) {
        const BlockPlace place{at * classes, std::min(block, pixels - at), classes, 1};
        gather_softened(s, from_student, place, inverse_temperature);
        gather_softened(t, from_teacher, place, inverse_temperature);
        normalise(s, of_student, [](float& logit, float e) { logit = e; });
        normalise(t, of_teacher, [](float& logit, float e) { logit = e; });
        for (std::int64_t p = 0; p < block; ++p) {
          of_student.sum[p] = factor / of_student.sum[p];
          of_teacher.sum[p] = factor / of_teacher.sum[p];
        }
        for (std::int64_t c = 0; c < classes; ++c) {
          float* of_s = s.plane(c);
          const float* of_t = t.plane(c);
          for (std::int64_t p = 0; p < block; ++p) of_s[p] = of_s[p] * of_student.sum[p] - of_t[p] * of_teacher.sum[p];
        }
        s.scatter(to, place);
      }
    });
  });
}

}  // namespace kernels::cpu
