// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pairwise_similarity.h"

#include <cmath>

#include "engine/ops/elementwise_binary.h"
#include "engine/ops/matmul.h"
#include "engine/ops/reduce.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t images = 2, channels = 4, pixels = 6;

Tensor unit_vectors(const Tensor& rows, const Tensor& inverse_norms) {
  return engine::multiply(rows, inverse_norms);
}

// 1 / (|row| + epsilon), without history; rows [n, m, c] to [n, m, 1].
Tensor inverse_norms(const Tensor& rows) {
  const std::vector<double> values = engine::download(rows);
  std::vector<double> inverse;
  for (std::size_t row = 0; row < values.size(); row += channels) {
    double sum = 0;
    for (std::size_t c = row; c < row + channels; ++c) sum += values[c] * values[c];
    inverse.push_back(1 / (std::sqrt(sum) + kernels::similarity_epsilon));
  }
  return engine::from_host(std::span<const double>(inverse), {images, pixels, 1}, rows.dtype(), rows.shared_queue());
}

// The same loss of a student [n, m, c], written with other ops, with the inverse norms of `at` in place of its own.
Tensor composed(const Tensor& student, const Tensor& teacher, const Tensor& at) {
  const auto similarities = [](const Tensor& unit) {
    return engine::matmul(unit, unit, {}, {.b = engine::Transpose::yes});
  };
  const Tensor a = similarities(unit_vectors(student, inverse_norms(at)));
  const Tensor b = similarities(unit_vectors(teacher, inverse_norms(teacher)));
  const Tensor difference = engine::subtract(a, b);
  return engine::mean(engine::multiply(difference, difference));
}

Tensor rows_on(const std::shared_ptr<kernels::Queue>& queue, DType dtype, std::uint64_t seed) {
  return random_tensor(queue, {images, pixels, channels}, dtype, seed);
}

// [n, m, c] as a feature [n, c, 2, m / 2]: the same numbers in the same order of memory.
Tensor as_feature(const Tensor& rows) {
  const std::vector<double> from = engine::download(rows);
  std::vector<double> to(from.size());
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t m = 0; m < pixels; ++m)
      for (std::int64_t c = 0; c < channels; ++c)
        to[static_cast<std::size_t>((n * channels + c) * pixels + m)] =
            from[static_cast<std::size_t>((n * pixels + m) * channels + c)];
  return engine::from_host(std::span<const double>(to), {images, channels, 2, pixels / 2}, rows.dtype(),
                           rows.shared_queue());
}

}  // namespace

TEST_CASE("pairwise_similarity written with other ops, its norms held: gradients equal finite differences",
          "[sanitize]") {
  // The base point of check_gradients is random; any fixed norms will do to check the composition's own rules.
  check_gradients(
      [](const auto& in) {
        const auto& queue = in[0].shared_queue();
        return composed(in[0], rows_on(queue, in[0].dtype(), 8), rows_on(queue, in[0].dtype(), 9));
      },
      {{images, pixels, channels}});
}

TEST_CASE("pairwise_similarity has the gradient of that composition: its norms are constants", "[sanitize]") {
  const auto queue = reference_queue();
  Tensor student = rows_on(queue, DType::f64, 1);
  const Tensor teacher = rows_on(queue, DType::f64, 2);
  Tensor feature = as_feature(student);
  student.set_requires_grad(true);
  feature.set_requires_grad(true);
  const Tensor want = composed(student, teacher, student.detach());
  const Tensor got = engine::pairwise_similarity(feature, as_feature(teacher));
  CHECK(engine::read_scalar(got) == Approx(engine::read_scalar(want)).epsilon(1e-12));
  engine::backward(want);
  engine::backward(got);
  expect_close(engine::download(feature.grad()), engine::download(as_feature(student.grad())), 1e-12, "gradient");
}

TEST_CASE("pairwise_similarity is the same with and without a gradient wanted", "[sanitize]") {
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()}) {
    const DType dtype = engine::master_dtype(*queue);
    Tensor student = random_tensor(queue, {3, 5, 4, 7}, dtype, 1);
    const Tensor teacher = random_tensor(queue, {3, 8, 4, 7}, dtype, 2);
    const double without = engine::read_scalar(engine::pairwise_similarity(student, teacher));
    student.set_requires_grad(true);
    CHECK(engine::read_scalar(engine::pairwise_similarity(student, teacher)) == Approx(without).epsilon(1e-6));
  }
}

TEST_CASE("pairwise_similarity refuses a teacher with other pixels", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor student = engine::zeros({2, 3, 4, 5}, DType::f32, queue);
  CHECK_THROWS_WITH(engine::pairwise_similarity(student, engine::zeros({2, 7, 5, 4}, DType::f32, queue)),
                    Contains("teacher must have shape [2, 7, 4, 5], got [2, 7, 5, 4]"));
  CHECK_THROWS_WITH(engine::pairwise_similarity(student, engine::zeros({2, 7, 20}, DType::f32, queue)),
                    Contains("teacher must have 4 dimensions"));
}
