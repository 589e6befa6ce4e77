// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention_distillation.h"

#include "tests/cases/attention_distillation_cases.h"
#include "tests/support/catch.h"
#include "tests/support/loss_test.h"

using namespace test;

namespace {

LossOutputs run(const AttentionDistillationCase& c, const Side& side) {
  const Tensor student = side.random(c.student, 1), teacher = side.random(c.teacher(), 2),
               dloss = side.parameter({}, 3, 0.5, 1);
  const Shape map{c.student.n(), c.student.h() * c.student.w()};
  const std::int64_t terms = c.student.h() * c.student.w();
  LossOutputs out{{"loss", side.vector({}), terms},
                  {"map of the student", side.vector(map), 1},
                  {"map of the teacher", side.vector(map), 1},
                  {"norm", side.vector({c.student.n()}), 1},
                  {"gradient", side.activation(c.student), terms, side.dtype()}};
  const kernels::AttentionMaps maps{out[1].values.view(), out[2].values.view(), out[3].values.view()};
  kernels::attention_distillation_forward(*side.queue(), student, teacher, out[0].values.view(), maps);
  kernels::attention_distillation_grad(*side.queue(), student, maps, dloss, out[4].values.view());
  return out;
}

}  // namespace

TEST_CASE("attention_distillation and its gradient agree with the reference", "[sanitize]") {
  expect_losses_agree(attention_distillation_cases, CaseSize::small, run);
}

TEST_CASE("attention_distillation and its gradient agree with the reference where they are large", "[slow]") {
  expect_losses_agree(attention_distillation_cases, CaseSize::large, run);
}

TEST_CASE("attention_distillation repeats bit for bit, and in any order of threads", "[sanitize]") {
  expect_losses_repeat(attention_distillation_cases, run);
}

TEST_CASE("attention_distillation of a student without any activation has gradient 0, not NaN", "[sanitize]") {
  std::vector<Where> places = everywhere({DType::f32});
  places.push_back({reference_queue(), DType::f64});
  for (const Where& where : places) {
    const Shape shape{1, 2, 1, 2};
    const DType master = engine::master_dtype(*where.queue);
    const Tensor student = engine::zeros(shape, where.dtype, where.queue);
    const Tensor teacher = engine::full(shape, 1.0, where.dtype, where.queue);
    const Tensor dloss = engine::full({}, 1.0, master, where.queue);
    Guarded loss(where.queue, {}, master), q(where.queue, {1, 2}, master), target(where.queue, {1, 2}, master),
        norm(where.queue, {1}, master), gradient(where.queue, shape, where.dtype);
    const kernels::AttentionMaps maps{q.view(), target.view(), norm.view()};
    kernels::attention_distillation_forward(*where.queue, student, teacher, loss.view(), maps);
    kernels::attention_distillation_grad(*where.queue, student, maps, dloss, gradient.view());
    expect_close(loss.values(), {0.5}, 1e-6, where.name());  // The teacher's map is (1, 1) / sqrt(2).
    for (const double value : gradient.values()) CHECK(value == 0.0);
  }
}
