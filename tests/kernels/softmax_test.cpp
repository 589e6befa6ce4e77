// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include <cmath>

#include "tests/cases/softmax_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::SoftmaxKind;

namespace {

struct Results {
  Guarded y, dx;
};

Results run(const kernels::SoftmaxOptions& options, const Tensor& x, const Tensor& dy, const Tensor& known_y) {
  Results r{{x.shared_queue(), x.shape(), x.dtype()}, {x.shared_queue(), x.shape(), x.dtype()}};
  kernels::softmax_forward(x.queue(), options, x, r.y.view());
  kernels::softmax_grad(x.queue(), options, dy, known_y, r.dx.view());
  return r;
}

void agree(CaseSize size) {
  for (const SoftmaxCase& c : softmax_cases) {
    if (c.size != size) continue;
    for (const SoftmaxKind kind : {SoftmaxKind::softmax, SoftmaxKind::log_softmax})
      for (const Where& where : everywhere()) {
        const bool plain = kind == SoftmaxKind::softmax;
        const auto on = [&](const Where& place) {
          // The gradient reads a result of its own, so that its error is its own: probabilities or their logarithms.
          return std::array<Twin, 3>{random_twin(place, c.x, 1, -9, 9), random_twin(place, c.x, 2),
                                     random_twin(place, c.x, 3, plain ? 0 : -5, plain ? 0.2 : 0)};
        };
        const kernels::SoftmaxOptions options{c.axis, kind};
        const auto [x, dy, y] = on(where);
        const Results got = run(options, x.here, dy.here, y.here);
        const Results want = run(options, x.reference, dy.reference, y.reference);
        const std::string label = c.name + (plain ? ", softmax, " : ", log_softmax, ") + where.name();
        const double allowed = tolerance(where.dtype, c.x[c.axis]);
        expect_close(got.y, want.y, allowed, label);
        expect_close(got.dx, want.dx, allowed, label + ", gradient");

        const Results again = run(options, x.here, dy.here, y.here);
        const auto [x_one, dy_one, y_one] = on(where.otherwise());
        const Results one = run(options, x_one.here, dy_one.here, y_one.here);
        expect_identical(got.y, again.y, label + ", twice");
        expect_identical(got.y, one.y, label + ", 1 and 2 threads");
        expect_identical(got.dx, again.dx, label + ", gradient twice");
        expect_identical(got.dx, one.dx, label + ", gradient on 1 and 2 threads");
      }
  }
}

}  // namespace

TEST_CASE("softmax, log_softmax and their gradients agree with the reference and repeat", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large softmax and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("softmax does not overflow, and keeps what exp alone would lose", "[sanitize]") {
  for (const Where& where : everywhere()) {
    const std::vector<double> values = {3e38, -3e38, 0, -1000, -1000, -1096};
    const Shape shape{2, 3};
    const Tensor x = engine::from_host(std::span<const double>(values), shape, where.dtype, where.queue);
    Guarded y(where.queue, shape, where.dtype);
    kernels::softmax_forward(*where.queue, kernels::SoftmaxOptions{1, SoftmaxKind::softmax}, x, y.view());
    expect_close(y.values(), {1, 0, 0, 0.5, 0.5, 0}, 1e-6, where.name() + ", softmax");
    kernels::softmax_forward(*where.queue, kernels::SoftmaxOptions{1, SoftmaxKind::log_softmax}, x, y.view());
    const std::vector<double> logarithms = y.values();
    CHECK(logarithms[0] == 0.0);
    CHECK(logarithms[3] == Approx(-std::log(2.0)).epsilon(where.dtype == DType::bf16 ? 0x1p-8 : 1e-6));
    CHECK(logarithms[5] == Approx(-96 - std::log(2.0)).epsilon(where.dtype == DType::bf16 ? 0x1p-8 : 1e-6));
  }
}
