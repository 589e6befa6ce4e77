// SPDX-License-Identifier: Apache-2.0
// Pair-wise similarity by its formula, image by image and pair by pair.
#include "kernels/pairwise_similarity.h"

#include <cmath>
#include <vector>

namespace kernels::reference {

namespace {

// 1 / (|f_i| + epsilon) of `pixels` pixels.
std::vector<double> inverse_norms(const double* features, std::int64_t pixels, std::int64_t channels) {
  std::vector<double> inverse;
  for (std::int64_t i = 0; i < pixels; ++i) {
    double sum = 0;
    for (std::int64_t c = 0; c < channels; ++c) sum += features[i * channels + c] * features[i * channels + c];
    inverse.push_back(1 / (std::sqrt(sum) + similarity_epsilon));
  }
  return inverse;
}

// a_ij of one image.
std::vector<double> similarities(const double* features, std::int64_t pixels, std::int64_t channels) {
  const std::vector<double> inverse = inverse_norms(features, pixels, channels);
  std::vector<double> map;
  for (std::int64_t i = 0; i < pixels; ++i)
    for (std::int64_t j = 0; j < pixels; ++j) {
      double product = 0;
      for (std::int64_t c = 0; c < channels; ++c) product += features[i * channels + c] * features[j * channels + c];
      map.push_back(product * inverse[static_cast<std::size_t>(i)] * inverse[static_cast<std::size_t>(j)]);
    }
  return map;
}

}  // namespace

void pairwise_similarity_forward(Queue&, ConstView student, ConstView teacher, View loss,
                                 const SimilaritySaved& saved) {
  const Shape &s = student.shape, &t = teacher.shape;
  const std::int64_t pixels = s.h() * s.w();
  double sum = 0;
  for (std::int64_t image = 0; image < s.n(); ++image) {
    const double* of_student = student.as<double>() + image * pixels * s.c();
    const std::vector<double> a = similarities(of_student, pixels, s.c());
    const std::vector<double> b = similarities(teacher.as<double>() + image * pixels * t.c(), pixels, t.c());
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
      if (saved.difference)
        saved.difference.as<double>()[image * pixels * pixels + static_cast<std::int64_t>(i)] = a[i] - b[i];
    }
    if (!saved.inverse_norm) continue;
    const std::vector<double> inverse = inverse_norms(of_student, pixels, s.c());
    std::copy(inverse.begin(), inverse.end(), saved.inverse_norm.as<double>() + image * pixels);
  }
  loss.as<double>()[0] = sum / static_cast<double>(pixels * pixels * s.n());
}

void pairwise_similarity_grad(Queue&, ConstView student, const SimilaritySaved& saved, ConstView dloss, View dstudent) {
  const Shape& s = student.shape;
  const std::int64_t pixels = s.h() * s.w();
  const double factor = 4 * dloss.as<double>()[0] / static_cast<double>(pixels * pixels * s.n());
  const auto *features = student.as<double>(), *difference = saved.difference.as<double>(),
             *inverse = saved.inverse_norm.as<double>();
  auto* to = dstudent.as<double>();
  for (std::int64_t i = 0; i < pixels * s.n(); ++i) {
    const std::int64_t first = i / pixels * pixels;  // Pixel of the same image.
    for (std::int64_t c = 0; c < s.c(); ++c) {
      double sum = 0;
      for (std::int64_t j = 0; j < pixels; ++j)
        sum += difference[i * pixels + j] * inverse[first + j] * features[(first + j) * s.c() + c];
      to[i * s.c() + c] = factor * inverse[i] * sum;
    }
  }
}

}  // namespace kernels::reference
