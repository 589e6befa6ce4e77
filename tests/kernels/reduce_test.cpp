// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduce.h"

#include "tests/cases/reduce_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

Guarded sums(const ReduceCase& c, const Tensor& x, DType result) {
  Guarded y(x.shared_queue(), c.y, result);
  kernels::reduce_sum(x.queue(), 0.75, x, y.view());
  return y;
}

void agree(CaseSize size) {
  for (const ReduceCase& c : reduce_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1);
      const Guarded want = sums(c, x.reference, DType::f64);
      for (const DType result : {DType::f32, DType::bf16}) {
        const Guarded got = sums(c, x.here, result);
        // Sums are f64: only the result is rounded.
        expect_close(got, want, tolerance(result, 1), label + ", to " + name_of(result));
        const Twin x_one = random_twin(where.otherwise(), c.x, 1);
        expect_identical(got, sums(c, x.here, result), label + ", twice");
        expect_identical(got, sums(c, x_one.here, result), label + ", 1 and 2 threads");
      }
    }
  }
}

}  // namespace

TEST_CASE("sums over axes agree with the reference and repeat", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large sums over axes agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("a sum of a large and many small numbers keeps the small ones", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  std::vector<double> values(40001, 1.0);
  values[0] = 0x1p30;  // In f32, 2^30 + 1 is 2^30.
  const Tensor x = engine::from_host(std::span<const double>(values), {40001}, DType::f32, queue);
  CHECK(sums({"", {40001}, {1}}, x, DType::f32).values()[0] ==
        static_cast<double>(static_cast<float>(0.75 * (0x1p30 + 40000))));
}
