// SPDX-License-Identifier: Apache-2.0
#include "kernels/pairwise_similarity.h"

#include "tests/cases/pairwise_similarity_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

LossOutputs run(const PairwiseSimilarityCase& c, const Side& side) {
  const Tensor student = side.random(c.student, 1), teacher = side.random(c.teacher(), 2),
               dloss = side.parameter({}, 3, 0.5, 1);
  const std::int64_t pixels = c.pixels(), terms = std::max(c.student.c(), c.teacher_channels);
  LossOutputs out{{"loss", side.vector({}), terms},
                  {"differences", side.vector({c.student.n(), pixels, pixels}), terms},
                  {"inverse norms", side.vector({c.student.n(), pixels}), 1},
                  {"gradient", side.activation(c.student), pixels, side.dtype()},
                  {"loss without the map of pairs", side.vector({}), terms}};
  const kernels::SimilaritySaved saved{out[1].values.view(), out[2].values.view()};
  kernels::pairwise_similarity_forward(*side.queue(), student, teacher, out[0].values.view(), saved);
  kernels::pairwise_similarity_grad(*side.queue(), student, saved, dloss, out[3].values.view());
  kernels::pairwise_similarity_forward(*side.queue(), student, teacher, out[4].values.view(),
                                       kernels::SimilaritySaved{});
  return out;
}

}  // namespace

TEST_CASE("pairwise_similarity and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(pairwise_similarity_cases, CaseSize::small, run);
}

TEST_CASE("pairwise_similarity and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(pairwise_similarity_cases, CaseSize::large, run);
}

TEST_CASE("pairwise_similarity repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(pairwise_similarity_cases, run);
}

TEST_CASE("pairwise_similarity of a pixel without any activation is 0, not NaN", "[sanitize]") {
  std::vector<Where> places = everywhere({DType::f32});
  places.push_back({reference_queue(), DType::f64});
  for (const Where& where : places) {
    const std::vector<double> values = {0, 3, 0, 4};  // Pixel 0: (0, 0). Pixel 1: (3, 4).
    const Tensor student = engine::from_host(std::span<const double>(values), {1, 2, 1, 2}, where.dtype, where.queue);
    const Tensor teacher = engine::full({1, 2, 1, 2}, 1.0, where.dtype, where.queue);
    const DType master = engine::master_dtype(*where.queue);
    Guarded loss(where.queue, {}, master);
    kernels::pairwise_similarity_forward(*where.queue, student, teacher, loss.view(), kernels::SimilaritySaved{});
    // Teacher: all similarities 1. Student: 0 but for pixel 1 with itself.
    expect_close(loss.values(), {0.75}, 1e-6, where.name());
  }
}
