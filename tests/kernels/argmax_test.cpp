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
    for (const Where& where : everywhere())
      for (const Where& place : {where, where.otherwise()}) {
        const Guarded got = places(c, with_ties(place.queue, c.x, place.dtype));
        CHECK(got.guards_intact());
        expect_identical(got, want, c.name + ", " + place.name());
      }
  }
}

}  // namespace

TEST_CASE("argmax gives the places of the reference in any order of threads", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large argmax gives the places of the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("argmax takes the lowest place among equals and the first NaN before every number", "[sanitize]") {
  const double nan = std::nan("");
  const std::vector<double> rows = {2,   7,         7,         1,         nan,  INFINITY, 1, nan,
                                    nan, -INFINITY, -INFINITY, -INFINITY, -0.0, 0.0,      -1};
  std::vector<std::shared_ptr<kernels::Queue>> queues{reference_queue()};
  for (const Where& where : everywhere({DType::f32})) queues.push_back(where.queue);
  for (const auto& queue : queues) {
    INFO(to_string(queue->device()));
    const Tensor x = engine::from_host(std::span<const double>(rows), {5, 3}, master_dtype(*queue), queue);
    Guarded y(queue, {5}, DType::i64);
    kernels::argmax(*queue, 1, x, y.view());
    CHECK(y.values() == std::vector<double>{1, 1, 1, 0, 0});
  }
}

TEST_CASE("argmax of long lines takes the lowest place and the first NaN, wherever they lie", "[sanitize]") {
  constexpr std::int64_t length = 150;  // More than a warp, and no multiple of it.
  std::vector<double> rows(3 * length, -1.0);
  rows[40] = rows[8] = rows[140] = 5.0;
  rows[length + 77] = rows[length + 149] = std::nan("");
  rows[length + 3] = INFINITY;
  for (std::size_t i = 2 * length; i < rows.size(); ++i) rows[i] = -INFINITY;
  for (const Where& where : everywhere({DType::f32})) {
    INFO(where.name());
    const Tensor x = engine::from_host(std::span<const double>(rows), {3, length}, DType::f32, where.queue);
    Guarded y(where.queue, {3}, DType::i64);
    kernels::argmax(*where.queue, 1, x, y.view());
    CHECK(y.values() == std::vector<double>{8, 77, 0});
  }
}
