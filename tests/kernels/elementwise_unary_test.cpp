// SPDX-License-Identifier: Apache-2.0
#include "kernels/elementwise_unary.h"

#include <cmath>

#include "tests/cases/elementwise_unary_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::GradientReads;
using kernels::UnaryOp;

namespace {

struct Results {
  Guarded y, dx;
};

// y and dx from the twins' side of one device. The gradient reads `known_y` instead of this device's own result.
Results run(const ElementwiseUnaryCase& c, const Tensor& x, const Tensor& dy, const Tensor& known_y) {
  Results r{{x.shared_queue(), x.shape(), x.dtype()}, {x.shared_queue(), x.shape(), x.dtype()}};
  kernels::elementwise_unary_forward(x.queue(), c.function, x, r.y.view());
  const GradientReads reads = kernels::gradient_reads(c.function);
  const Tensor saved = reads == GradientReads::x ? x : reads == GradientReads::y ? known_y : Tensor{};
  kernels::elementwise_unary_grad(x.queue(), c.function, dy, saved, r.dx.view());
  return r;
}

}  // namespace

TEST_CASE("functions of one number and their gradients agree with the reference", "[sanitize]") {
  for (const ElementwiseUnaryCase& c : elementwise_unary_cases)
    for (const Shape& shape : elementwise_unary_shapes)
      for (const Where& where : everywhere()) {
        const Twin x = random_twin(where, shape, 1, c.low, c.high), dy = random_twin(where, shape, 2);
        const Twin y = random_twin(where, shape, 3, 0.1, 0.9);
        const Results got = run(c, x.here, dy.here, y.here), want = run(c, x.reference, dy.reference, y.reference);
        const std::string label = c.name + ", " + to_string(shape) + ", " + where.name();
        expect_close(got.y, want.y, tolerance(where.dtype, 1), label);
        expect_close(got.dx, want.dx, tolerance(where.dtype, 1), label + ", gradient");
        const Results again = run(c, x.here, dy.here, y.here);
        expect_identical(got.y, again.y, label + ", twice");
        const Where one = where.otherwise();
        const Results single = run(c, random_twin(one, shape, 1, c.low, c.high).here, random_twin(one, shape, 2).here,
                                   random_twin(one, shape, 3, 0.1, 0.9).here);
        expect_identical(got.y, single.y, label + ", otherwise");
        expect_identical(got.dx, single.dx, label + ", gradient, otherwise");
      }
}

TEST_CASE("functions of one number agree with the reference at zero, infinity and NaN", "[sanitize]") {
  const std::vector<double> values = {0.0,    -0.0, INFINITY, -INFINITY, std::nan(""), 1e-30,
                                      -1e-30, 1e30, -1e30,    -0.5,      1.25};
  const Shape shape{static_cast<std::int64_t>(values.size())};
  for (const ElementwiseUnaryCase& c : elementwise_unary_cases) {
    const auto compute = [&](const std::shared_ptr<kernels::Queue>& queue, DType dtype) {
      const Tensor x = engine::from_host(std::span<const double>(values), shape, dtype, queue);
      const Tensor dy = engine::full(shape, 1.0, dtype, queue);
      const Results r = run(c, x, dy, x);
      return std::pair{r.y.values(), r.dx.values()};
    };
    const auto [y_want, dx_want] = compute(reference_queue(), DType::f64);
    for (const Where& where : everywhere({DType::f32})) {
      const auto [y, dx] = compute(where.queue, DType::f32);
      for (std::size_t i = 0; i < values.size(); ++i) {
        INFO(c.name << " on " << where.name() << " of " << values[i] << ": " << y[i] << " and slope " << dx[i]
                    << ", want " << y_want[i] << " and " << dx_want[i]);
        const auto alike = [](double got, double want) {
          if (std::isnan(want)) return std::isnan(got);
          const double rounded = static_cast<double>(static_cast<float>(want));
          return got == rounded || std::abs(got - rounded) <= 1e-6 * std::abs(rounded);
        };
        CHECK(alike(y[i], y_want[i]));
        CHECK(alike(dx[i], dx_want[i]));
      }
    }
  }
}
