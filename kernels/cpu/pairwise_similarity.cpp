// SPDX-License-Identifier: Apache-2.0
// Unit vectors are written in f32, and oneDNN multiplies them with themselves: all images together where the gradient
// wants the map of pairs, else one after the other in the same memory.
#include "kernels/pairwise_similarity.h"

#include <cmath>

#include "kernels/cpu/term_sum.h"
#include "kernels/matmul.h"

namespace kernels::cpu {

namespace {

std::size_t bytes_of_floats(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(float);
}

// Pixels [first, first + count) as unit vectors. inverse_norm may be null.
template <class T>
void write_unit_vectors(Queue& queue, const T* features, std::int64_t channels, std::int64_t first, std::int64_t count,
                        float* unit, float* inverse_norm) {
  const std::int64_t grain = std::max<std::int64_t>(1, term_chunk / channels);
  parallel_for(queue, count, grain, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const T* from = features + (first + i) * channels;
      const double squares = sum_of_terms(0, channels, [=](std::int64_t c) {
        const float value = load(from, c);
        return value * value;
      });
      const auto inverse = static_cast<float>(1 / (std::sqrt(squares) + similarity_epsilon));
      for (std::int64_t c = 0; c < channels; ++c) unit[i * channels + c] = load(from, c) * inverse;
      if (inverse_norm) inverse_norm[first + i] = inverse;
    }
  });
}

}  // namespace

void pairwise_similarity_forward(Queue& queue, ConstView student, ConstView teacher, View loss,
                                 const SimilaritySaved& saved) {
  const std::int64_t images = student.shape.n(), m = student.shape.h() * student.shape.w();
  const std::int64_t group = saved.difference ? images : 1;  // Images at once.
  const std::int64_t most_channels = std::max(student.shape.c(), teacher.shape.c());
  const Workspace unit(queue, bytes_of_floats(group * m * most_channels));
  const Workspace of_teacher(queue, bytes_of_floats(group * m * m));
  const Workspace of_student(queue, saved.difference ? sizeof(float) : bytes_of_floats(group * m * m));
  float* difference = saved.difference ? saved.difference.as<float>() : of_student.as<float>();
  const auto similarities = [&](ConstView features, std::int64_t first, float* inverse_norm, float* map) {
    const std::int64_t channels = features.shape.c();
    visit_dtype<float, bf16>(features.dtype, "pairwise_similarity", [&]<class T>() {
      write_unit_vectors(queue, features.as<T>(), channels, first * m, group * m, unit.as<float>(), inverse_norm);
    });
    const ConstView u{unit.data(), DType::f32, {group, m, channels}};
    matmul(queue, {.b = Transpose::yes}, u, u, ConstView{}, View{map, DType::f32, {group, m, m}});
  };
  double sum = 0;
  for (std::int64_t first = 0; first < images; first += group) {
    similarities(teacher, first, nullptr, of_teacher.as<float>());
    similarities(student, first, saved.inverse_norm.as<float>(), difference);
    const auto* wanted = of_teacher.as<float>();
    sum += sum_of_chunks(queue, group * m * m, term_chunk, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) difference[i] -= wanted[i];
      return sum_of_terms(begin, end, [=](std::int64_t i) { return difference[i] * difference[i]; });
    });
  }
  loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(m * m * images));
}

void pairwise_similarity_grad(Queue& queue, ConstView student, const SimilaritySaved& saved, ConstView dloss,
                              View dstudent) {
  const std::int64_t images = student.shape.n(), m = student.shape.h() * student.shape.w();
  const Workspace factors(queue, bytes_of_floats(images * m * m));
  const auto *difference = saved.difference.as<float>(), *inverse = saved.inverse_norm.as<float>();
  const double pairs = static_cast<double>(m * m * images);
  const auto scale = static_cast<float>(4 * static_cast<double>(dloss.as<float>()[0]) / pairs);
  auto* factor = factors.as<float>();
  parallel_for(queue, images * m, std::max<std::int64_t>(1, term_chunk / m), [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const float of_row = scale * inverse[row];
      const float* of_column = inverse + row / m * m;
      for (std::int64_t j = 0; j < m; ++j) factor[row * m + j] = of_row * difference[row * m + j] * of_column[j];
    }
  });
  const Shape rows{images, m, student.shape.c()};
  matmul(queue, {}, ConstView{factor, DType::f32, {images, m, m}}, ConstView{student.data, student.dtype, rows},
         ConstView{}, View{dstudent.data, dstudent.dtype, rows});
}

}  // namespace kernels::cpu
