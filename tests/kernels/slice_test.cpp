// SPDX-License-Identifier: Apache-2.0
#include "kernels/slice.h"

#include "tests/cases/slice_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Result {
  Guarded y, dx;
};

Result run(const SliceCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype, const Tensor& x,
           const Tensor& dy) {
  Result result{{queue, kernels::slice_shape(c.x, c.options), dtype}, {queue, c.x, dtype}};
  kernels::slice_forward(*queue, c.options, x, result.y.view());
  kernels::slice_grad(*queue, c.options, dy, result.dx.view());
  return result;
}

void agree(CaseSize size) {
  for (const SliceCase& c : slice_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1), dy = random_twin(where, kernels::slice_shape(c.x, c.options), 2);
      const Result got = run(c, where.queue, where.dtype, x.here, dy.here);
      const Result want = run(c, reference_queue(), DType::f64, x.reference, dy.reference);
      expect_close(got.y, want.y, 0, label + ", forward");
      expect_close(got.dx, want.dx, 0, label + ", grad");
    }
  }
}

}  // namespace

TEST_CASE("slice and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large slice and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("slice gives the same, whatever the threads", "[sanitize]") {
  for (const SliceCase& c : slice_cases) {
    if (c.size != CaseSize::small) continue;
    for (const Where& where : everywhere()) {
      const auto once = [&](const Where& place) {
        return run(c, place.queue, place.dtype, random_twin(place, c.x, 1).here,
                   random_twin(place, kernels::slice_shape(c.x, c.options), 2).here);
      };
      const Result got = once(where), otherwise = once(where.otherwise());
      expect_identical(got.y, otherwise.y, c.name + ", forward, " + where.name());
      expect_identical(got.dx, otherwise.dx, c.name + ", grad, " + where.name());
    }
  }
}
