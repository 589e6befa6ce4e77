// SPDX-License-Identifier: Apache-2.0
#include "kernels/average_pool2d.h"

#include "tests/cases/average_pool2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

Shape result_shape(const AveragePool2dCase& c) {
  return kernels::pool2d_shape("average_pool2d", c.x, c.options.window);
}

struct Result {
  Guarded y, dx;
};

Result run(const AveragePool2dCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype, const Tensor& x,
           const Tensor& dy) {
  Result result{{queue, result_shape(c), dtype}, {queue, c.x, dtype}};
  kernels::average_pool2d_forward(*queue, c.options, x, result.y.view());
  kernels::average_pool2d_grad(*queue, c.options, dy, result.dx.view());
  return result;
}

void agree(CaseSize size) {
  for (const AveragePool2dCase& c : average_pool2d_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1), dy = random_twin(where, result_shape(c), 2);
      const Result got = run(c, where.queue, where.dtype, x.here, dy.here);
      const Result want = run(c, reference_queue(), DType::f64, x.reference, dy.reference);
      const kernels::Size2 kernel = c.options.window.kernel;
      expect_close(got.y, want.y, tolerance(where.dtype, kernel.h * kernel.w), label + ", forward");
      expect_close(got.dx, want.dx, tolerance(where.dtype, kernel.h * kernel.w), label + ", grad");
    }
  }
}

}  // namespace

TEST_CASE("average_pool2d and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large average_pool2d and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("average_pool2d repeats bit for bit on every thread count", "[sanitize]") {
  for (const AveragePool2dCase& c : average_pool2d_cases) {
    if (c.size != CaseSize::small) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const auto once = [&](int threads) {
        const Where where{queue_of(DeviceKind::cpu, threads), dtype};
        return run(c, where.queue, dtype, random_twin(where, c.x, 1).here, random_twin(where, result_shape(c), 2).here);
      };
      const Result two = once(2), again = once(2), one = once(1);
      const std::string label = c.name + ", " + name_of(dtype);
      expect_identical(two.y, again.y, label + ", forward twice");
      expect_identical(two.dx, again.dx, label + ", grad twice");
      expect_identical(two.y, one.y, label + ", forward on 1 and 2 threads");
      expect_identical(two.dx, one.dx, label + ", grad on 1 and 2 threads");
    }
  }
}
