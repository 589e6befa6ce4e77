// SPDX-License-Identifier: Apache-2.0
#include "kernels/prelu.h"

#include "tests/cases/prelu_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Results {
  Guarded y, dx, dweight;
};

Results run(const Tensor& x, const Tensor& weight, const Tensor& dy) {
  const auto& queue = x.shared_queue();
  Results r{{queue, x.shape(), x.dtype()}, {queue, x.shape(), x.dtype()}, {queue, weight.shape(), weight.dtype()}};
  kernels::prelu_forward(*queue, x, weight, r.y.view());
  kernels::prelu_grad(*queue, dy, x, weight, r.dx.view(), r.dweight.view());
  return r;
}

void agree(CaseSize size) {
  for (const PreluCase& c : prelu_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const auto on = [&](const Where& place) {
        return std::array<Twin, 3>{random_twin(place, c.x, 1), random_parameter(place, c.weight, 2, -0.5, 0.5),
                                   random_twin(place, c.x, 3)};
      };
      const auto [x, weight, dy] = on(where);
      const Results got = run(x.here, weight.here, dy.here), want = run(x.reference, weight.reference, dy.reference);
      const std::string label = c.name + ", " + where.name();
      expect_close(got.y, want.y, tolerance(where.dtype, 1), label);
      expect_close(got.dx, want.dx, tolerance(where.dtype, 1), label + ", dx");
      // The inputs are exact in both types and the sum is f32.
      expect_close(got.dweight, want.dweight, tolerance(DType::f32, c.x.elements() / c.weight[0]), label + ", dweight");

      const auto [x_one, weight_one, dy_one] = on(where.otherwise());
      const Results again = run(x.here, weight.here, dy.here), one = run(x_one.here, weight_one.here, dy_one.here);
      expect_identical(got.y, one.y, label + ", 1 and 2 threads");
      expect_identical(got.dx, one.dx, label + ", dx on 1 and 2 threads");
      expect_identical(got.dweight, again.dweight, label + ", dweight twice");
      expect_identical(got.dweight, one.dweight, label + ", dweight on 1 and 2 threads");
    }
  }
}

}  // namespace

TEST_CASE("PReLU and its gradients agree with the reference and repeat", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large PReLU and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("PReLU leaves out the gradient that nobody wants", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    const Shape shape{2, 5, 7, 3};
    const Twin x = random_twin(where, shape, 1), dy = random_twin(where, shape, 2),
               weight = random_parameter(where, {5}, 3);
    const Results both = run(x.here, weight.here, dy.here);
    Guarded dx(where.queue, shape, DType::f32), dweight(where.queue, {5}, DType::f32);
    kernels::prelu_grad(*where.queue, dy.here, x.here, weight.here, dx.view(), View{});
    kernels::prelu_grad(*where.queue, dy.here, x.here, weight.here, View{}, dweight.view());
    expect_identical(dx, both.dx, where.name() + ", dx alone");
    expect_identical(dweight, both.dweight, where.name() + ", dweight alone");
  }
}
