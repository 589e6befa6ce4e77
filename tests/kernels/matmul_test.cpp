// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

#include "tests/cases/matmul_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

// The types of a, b and y.
struct Types {
  DType a, b, y;
  std::string name() const { return std::string(name_of(a)) + " " + name_of(b) + " to " + name_of(y); }
};

// Activations and masters, as layers and their gradients combine them.
const std::vector<Types> all_types = {{DType::f32, DType::f32, DType::f32},
                                      {DType::bf16, DType::bf16, DType::bf16},
                                      {DType::bf16, DType::f32, DType::bf16},
                                      {DType::f32, DType::bf16, DType::bf16},
                                      {DType::bf16, DType::bf16, DType::f32}};

void agree(CaseSize size) {
  for (const MatmulCase& c : matmul_cases) {
    if (c.size != size) continue;
    const Shape shape = kernels::matmul_shape(c.a, c.b, c.options);
    const std::int64_t columns = shape[shape.rank() - 1];
    const std::int64_t length = kernels::matmul_problem(c.a, c.b, c.options).k;
    for (const Types& types : all_types) {
      for (const Where& where : everywhere_and_tf32({types.y})) {
        const std::string label = c.name + ", " + where.name() + ": " + types.name();
        const Twin a = random_twin({where.queue, types.a}, c.a, 1), b = random_twin({where.queue, types.b}, c.b, 2);
        const Twin bias = random_parameter(where, {columns}, 3);
        // Where one factor alone is bf16 the other is rounded to it, which the reference does not do.
        const double rounding = types.a != types.b ? 0x1p-8 : where.tf32_rounding();
        Guarded y(where.queue, shape, types.y), want(reference_queue(), shape, DType::f64);
        kernels::matmul(*where.queue, c.options, a.here, b.here, Tensor{}, y.view());
        kernels::matmul(*reference_queue(), c.options, a.reference, b.reference, Tensor{}, want.view());
        expect_close(y, want, tolerance(types.y, length) + rounding, label);

        Guarded shifted(where.queue, shape, types.y), want_shifted(reference_queue(), shape, DType::f64);
        kernels::matmul(*where.queue, c.options, a.here, b.here, bias.here, shifted.view());
        kernels::matmul(*reference_queue(), c.options, a.reference, b.reference, bias.reference, want_shifted.view());
        expect_close(shifted, want_shifted, tolerance(types.y, length) + rounding, label + ", bias");
      }
    }
  }
}

}  // namespace

TEST_CASE("matmul agrees with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large matmul agrees with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("matmul repeats bit for bit, and agrees across thread counts", "[sanitize]") {
  for (const MatmulCase& c : matmul_cases) {
    if (c.size != CaseSize::small) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const Shape shape = kernels::matmul_shape(c.a, c.b, c.options);
      const auto once = [&](int threads) {
        const Where where{queue_of(DeviceKind::cpu, threads), dtype};
        Guarded y(where.queue, shape, DType::f32);
        kernels::matmul(*where.queue, c.options, random_twin(where, c.a, 1).here, random_twin(where, c.b, 2).here,
                        Tensor{}, y.view());
        return y;
      };
      const Guarded two = once(2);
      expect_identical(two, once(2), c.name + ", twice");
      expect_close(two.values(), once(1).values(), 1e-5, c.name + ", on 1 and 2 threads");
    }
  }
}
