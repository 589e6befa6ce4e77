// SPDX-License-Identifier: Apache-2.0
#include "kernels/adaptive_average_pool2d.h"

#include "tests/cases/adaptive_average_pool2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

Shape result_shape(const AdaptiveAveragePool2dCase& c) {
  return {c.x.n(), c.x.c(), c.size.h, c.size.w};
}

struct Result {
  Guarded y, dx;
};

Result run(const AdaptiveAveragePool2dCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype,
           const Tensor& x, const Tensor& dy) {
  Result result{{queue, result_shape(c), dtype}, {queue, c.x, dtype}};
  kernels::adaptive_average_pool2d_forward(*queue, x, result.y.view());
  kernels::adaptive_average_pool2d_grad(*queue, dy, result.dx.view());
  return result;
}

void agree(CaseSize size) {
  for (const AdaptiveAveragePool2dCase& c : adaptive_average_pool2d_cases) {
    if (c.size_class != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1), dy = random_twin(where, result_shape(c), 2);
      const Result got = run(c, where.queue, where.dtype, x.here, dy.here);
      const Result want = run(c, reference_queue(), DType::f64, x.reference, dy.reference);
      // Columns of a window: rows are added in double.
      expect_close(got.y, want.y, tolerance(where.dtype, c.x.w() / c.size.w + 2), label + ", forward");
      const std::int64_t readers = (c.size.h / c.x.h() + 2) * (c.size.w / c.x.w() + 2);
      expect_close(got.dx, want.dx, tolerance(where.dtype, readers), label + ", grad");
    }
  }
}

}  // namespace

TEST_CASE("adaptive_average_pool2d and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large adaptive_average_pool2d and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("adaptive_average_pool2d repeats bit for bit, whatever the threads", "[sanitize]") {
  for (const AdaptiveAveragePool2dCase& c : adaptive_average_pool2d_cases) {
    if (c.size_class != CaseSize::small) continue;
    for (const Where& where : everywhere()) {
      const auto once = [&](const Where& place) {
        return run(c, place.queue, place.dtype, random_twin(place, c.x, 1).here,
                   random_twin(place, result_shape(c), 2).here);
      };
      const Result got = once(where), again = once(where), otherwise = once(where.otherwise());
      const std::string label = c.name + ", " + where.name();
      expect_identical(got.y, again.y, label + ", forward twice");
      expect_identical(got.dx, again.dx, label + ", grad twice");
      expect_identical(got.y, otherwise.y, label + ", forward with other threads");
      expect_identical(got.dx, otherwise.dx, label + ", grad with other threads");
    }
  }
}
