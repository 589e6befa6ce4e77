// SPDX-License-Identifier: Apache-2.0
#include "kernels/power.h"

#include "tests/cases/power_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Results {
  Guarded y, dx, dexponent;
};

Results run(const kernels::PowerOptions& options, const Tensor& x, const Tensor& exponent, const Tensor& dy) {
  const auto& queue = x.shared_queue();
  Results r{{queue, x.shape(), x.dtype()}, {queue, x.shape(), x.dtype()}, {queue, exponent.shape(), exponent.dtype()}};
  kernels::power_forward(*queue, options, x, exponent, r.y.view());
  kernels::power_grad(*queue, options, dy, x, exponent, kernels::PowerGradients{r.dx.view(), r.dexponent.view()});
  return r;
}

void agree(CaseSize size) {
  for (const PowerCase& c : power_cases) {
    if (c.size != size) continue;
    const kernels::PowerOptions options{c.shift};
    for (const Where& where : everywhere()) {
      const auto on = [&](const Where& place) {
        return std::array<Twin, 3>{random_twin(place, c.x, 1, 0.05, 1.5),
                                   random_parameter(place, {c.x[0], 1}, 2, -1, 1), random_twin(place, c.x, 3)};
      };
      const auto [x, exponent, dy] = on(where);
      const Results got = run(options, x.here, exponent.here, dy.here),
                    want = run(options, x.reference, exponent.reference, dy.reference);
      const std::string label = c.name + ", " + where.name();
      // The rounding of p ln x is multiplied by its size, below 9 here.
      expect_close(got.y, want.y, tolerance(where.dtype, 9), label);
      expect_close(got.dx, want.dx, tolerance(where.dtype, 9), label + ", dx");
      expect_close(got.dexponent, want.dexponent, tolerance(DType::f32, 9 * c.x.elements() / c.x[0]),
                   label + ", dexponent");

      const auto [x_one, exponent_one, dy_one] = on(where.otherwise());
      const Results again = run(options, x.here, exponent.here, dy.here),
                    one = run(options, x_one.here, exponent_one.here, dy_one.here);
      expect_identical(got.y, one.y, label + ", 1 and 2 threads");
      expect_identical(got.dx, one.dx, label + ", dx on 1 and 2 threads");
      expect_identical(got.dexponent, again.dexponent, label + ", dexponent twice");
      expect_identical(got.dexponent, one.dexponent, label + ", dexponent on 1 and 2 threads");
    }
  }
}

}  // namespace

TEST_CASE("power and its gradients agree with the reference and repeat", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large power and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("power of a dark and of a full pixel is exact, and a dark pixel adds nothing to the exponent's gradient",
          "[sanitize]") {
  for (const Where& where : everywhere()) {
    const std::vector<double> pixels = {0, 1, 0, 1, 0, 1}, exponents = {-2, 0.5, -1}, ones(6, 1.0);
    const auto tensor = [&](const std::vector<double>& values, const Shape& shape, DType dtype) {
      return engine::from_host(std::span<const double>(values), shape, dtype, where.queue);
    };
    // Powers 0, 2.5 and 1.
    const Results got = run({2}, tensor(pixels, {3, 2}, where.dtype), tensor(exponents, {3, 1}, DType::f32),
                            tensor(ones, {3, 2}, where.dtype));
    expect_close(got.y.values(), {1, 1, 0, 1, 0, 1}, 0, where.name());
    expect_close(got.dexponent.values(), {0, 0, 0}, 0, where.name() + ", dexponent");
  }
}

TEST_CASE("power leaves out the gradient that nobody wants", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    const Shape shape{2, 1, 7, 3};
    const Twin x = random_twin(where, shape, 1, 0.1, 1), dy = random_twin(where, shape, 2),
               exponent = random_parameter(where, {2, 1}, 3);
    const Results both = run({2}, x.here, exponent.here, dy.here);
    Guarded dx(where.queue, shape, DType::f32), dexponent(where.queue, {2, 1}, DType::f32);
    const auto grad = [&](const kernels::PowerGradients& wanted) {
      kernels::power_grad(*where.queue, kernels::PowerOptions{2}, dy.here, x.here, exponent.here, wanted);
    };
    grad({dx.view(), View{}});
    grad({View{}, dexponent.view()});
    expect_identical(dx, both.dx, where.name() + ", dx alone");
    expect_identical(dexponent, both.dexponent, where.name() + ", dexponent alone");
  }
}
