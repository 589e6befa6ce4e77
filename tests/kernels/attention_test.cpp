// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention.h"

#include "tests/cases/attention_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Results {
  Guarded y, log_sums, dqkv, dheight, dwidth;
};

struct Problem {
  Tensor qkv, height, width, dy;
};

Results run(const AttentionCase& c, const Problem& p) {
  const auto& queue = p.qkv.shared_queue();
  const DType master = p.height.dtype();
  Results r{{queue, c.y(), p.qkv.dtype()},
            {queue, c.log_sums(), master},
            {queue, c.qkv(), p.qkv.dtype()},
            {queue, c.height(), master},
            {queue, c.width(), master}};
  const kernels::PositionEmbeddings positions{p.height, p.width};
  kernels::attention_forward(*queue, c.options(), p.qkv, positions, r.log_sums.view(), r.y.view());
  kernels::attention_grad(*queue, c.options(), p.dy, kernels::AttentionSaved{p.qkv, r.log_sums.view(), positions},
                          kernels::AttentionGradients{r.dqkv.view(), r.dheight.view(), r.dwidth.view()});
  return r;
}

void agree(CaseSize size) {
  for (const AttentionCase& c : attention_cases) {
    if (c.size != size) continue;
    const std::int64_t positions = c.log_sums()[2];
    for (const Where& where : everywhere_and_tf32()) {
      const auto on = [&](const Where& place) {
        return std::array<Twin, 4>{random_twin(place, c.qkv(), 1, -2, 2), random_parameter(place, c.height(), 2),
                                   random_parameter(place, c.width(), 3), random_twin(place, c.y(), 4)};
      };
      const auto here = [](const std::array<Twin, 4>& t) {
        return Problem{t[0].here, t[1].here, t[2].here, t[3].here};
      };
      const auto twins = on(where);
      const Results got = run(c, here(twins)),
                    want = run(c, {twins[0].reference, twins[1].reference, twins[2].reference, twins[3].reference});
      const std::string label = c.name + ", " + where.name();
      // Products of products: a logit's rounding, up to its size, is one of its weight, and of every gradient behind
      // it.
      const double allowed = 4 * (tolerance(where.dtype, c.channels + positions) + where.tf32_rounding());
      expect_close(got.y, want.y, allowed, label);
      expect_close(got.log_sums, want.log_sums, allowed, label + ", log sums");
      expect_close(got.dqkv, want.dqkv, allowed, label + ", dqkv");
      expect_close(got.dheight, want.dheight, allowed, label + ", dheight");
      expect_close(got.dwidth, want.dwidth, allowed, label + ", dwidth");

      const Results again = run(c, here(twins));
      expect_identical(got.y, again.y, label + ", twice");
      expect_identical(got.dqkv, again.dqkv, label + ", dqkv twice");
      expect_identical(got.dheight, again.dheight, label + ", dheight twice");
      const Results one = run(c, here(on(where.otherwise())));
      expect_close(got.y.values(), one.y.values(), allowed / 4, label + ", 1 and 2 threads");
      expect_close(got.dqkv.values(), one.dqkv.values(), allowed / 4, label + ", dqkv on 1 and 2 threads");
    }
  }
}

}  // namespace

TEST_CASE("attention and its gradients agree with the reference and repeat", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large attention and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("attention of logits beyond the range of exp picks the largest", "[sanitize]") {
  // Position 1 has by far the largest key, so that every position gets its value.
  for (const Where& where : everywhere()) {
    const AttentionCase c{"", 1, 1, 2, {1, 3}};
    const auto tensor = [&](const std::vector<double>& values, const Shape& shape, DType dtype) {
      return engine::from_host(std::span<const double>(values), shape, dtype, where.queue);
    };
    // Channels q0 q1 k0 k1 v0 v1 of positions 0, 1 and 2.
    const Tensor qkv = tensor({50, 50, 50, 0, 0, 0, -200, 300, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32}, c.qkv(), where.dtype);
    const Tensor height = tensor({0, 0}, c.height(), DType::f32),
                 width = tensor({0, 0, 0, 0, 0, 0}, c.width(), DType::f32);
    Guarded y(where.queue, c.y(), where.dtype);
    kernels::attention_forward(*where.queue, c.options(), qkv, kernels::PositionEmbeddings{height, width}, View{},
                               y.view());
    expect_close(y.values(), {2, 16, 2, 16, 2, 16}, 0, where.name());
  }
}
