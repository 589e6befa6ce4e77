// SPDX-License-Identifier: Apache-2.0
#include "kernels/argmax.h"

#include <cmath>

#include "tests/cases/argmax_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using engine::master_dtype;

namespace {

// Whole numbers in a narrow range, so that equals are common.
Tensor with_ties(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype) {
  std::vector<double> values = engine::download(random_tensor(reference_queue(), shape, DType::f64, 1, -4, 4));
  for (double& value : values) value = std::floor(value);
  return engine::from_host(std::span<const double>(values), shape, dtype, queue);
}

Guarded places(const SoftmaxCase& c, const Tensor& x) {
  Guarded y(x.shared_queue(), {c.x.elements() / c.x[c.axis]}, DType::i64);
  kernels::argmax(x.queue(), c.axis, x, y.view());
  return y;
}

void agree(CaseSize size) {
  for (const SoftmaxCase& c : argmax_cases) {
    if (c.size != size) continue;
    const Guarded want = places(c, with_ties(reference_queue(), c.x, DType::f64));
    for (const DType dtype : {DType::f32, DType::bf16})
      for (const int threads : {1, 2}) {
        const Guarded got = places(c, with_ties(queue_of(DeviceKind::cpu, threads), c.x, dtype));
        CHECK(got.guards_intact());
        expect_identical(got, want, c.name + ", " + name_of(dtype) + ", " + std::to_string(threads) + " threads");
      }
  }
}

}  // namespace

TEST_CASE("argmax gives the places of the reference on any number of threads", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large argmax gives the places of the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("argmax takes the lowest place among equals and the first NaN before every number", "[sanitize]") {
  const double nan = std::nan("");
  const std::vector<double> rows = {2,   7,         7,         1,         nan,  INFINITY, 1, nan,
                                    nan, -INFINITY, -INFINITY, -INFINITY, -0.0, 0.0,      -1};
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()}) {
    const Tensor x = engine::from_host(std::span<const double>(rows), {5, 3}, master_dtype(*queue), queue);
    Guarded y(queue, {5}, DType::i64);
    kernels::argmax(*queue, 1, x, y.view());
    CHECK(y.values() == std::vector<double>{1, 1, 1, 0, 0});
  }
}
