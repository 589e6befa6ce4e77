// SPDX-License-Identifier: Apache-2.0
#include "kernels/max_pool2d.h"

#include <cmath>
#include <limits>

#include "tests/cases/max_pool2d_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Result {
  Guarded y, position, dx;
};

Result run(const Pool2dCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype, const Tensor& x,
           const Tensor& dy) {
  const Shape shape = kernels::pool2d_shape("max_pool2d", c.x, c.options);
  Result result{{queue, shape, dtype}, {queue, shape, DType::u8}, {queue, c.x, dtype}};
  kernels::max_pool2d_forward(*queue, c.options, x, result.y.view(), result.position.view());
  kernels::max_pool2d_grad(*queue, c.options, dy, result.position.view(), result.dx.view());
  return result;
}

void agree(CaseSize size) {
  for (const Pool2dCase& c : pool2d_cases) {
    if (c.size != size) continue;
    const Shape shape = kernels::pool2d_shape("max_pool2d", c.x, c.options);
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1), dy = random_twin(where, shape, 2);
      const Result got = run(c, where.queue, where.dtype, x.here, dy.here);
      const Result want = run(c, reference_queue(), DType::f64, x.reference, dy.reference);
      expect_close(got.y, want.y, 0, label + ", forward");
      expect_close(got.position, want.position, 0, label + ", position");
      const std::int64_t windows = c.options.kernel.h * c.options.kernel.w;
      expect_close(got.dx, want.dx, tolerance(where.dtype, windows), label + ", grad");

      Guarded without(where.queue, shape, where.dtype);
      kernels::max_pool2d_forward(*where.queue, c.options, x.here, without.view(), View{});
      expect_identical(without, got.y, label + ", forward without positions");
    }
  }
}

}  // namespace

TEST_CASE("max_pool2d and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large max_pool2d and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("max_pool2d repeats bit for bit, whatever the threads", "[sanitize]") {
  for (const Pool2dCase& c : pool2d_cases) {
    if (c.size != CaseSize::small) continue;
    for (const Where& where : everywhere()) {
      const auto once = [&](const Where& place) {
        const Shape shape = kernels::pool2d_shape("max_pool2d", c.x, c.options);
        return run(c, place.queue, place.dtype, random_twin(place, c.x, 1).here, random_twin(place, shape, 2).here);
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

TEST_CASE("max_pool2d: the first maximum wins ties, and a NaN wins over numbers", "[sanitize]") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), low = -std::numeric_limits<double>::infinity();
  const kernels::Pool2dOptions plain, uneven{.kernel = {2, 3}, .stride = {1, 2}, .padding = {0, 1}};
  // Three windows side by side, for the 2x2 kernel and (stride 2, padded at the left) the general one.
  const std::vector<double> pixels{3, 3, 1, nan, low, low,  //
                                   3, 3, 7, 2,   low, low};
  for (const Where& where : everywhere()) {
    for (const DType dtype : {where.dtype, DType::f64}) {
      const auto& queue = dtype == DType::f64 ? reference_queue() : where.queue;
      const Tensor x = engine::from_host(std::span<const double>(pixels), {1, 1, 2, 6}, dtype, queue);
      Guarded y(queue, {1, 1, 1, 3}, dtype), position(queue, {1, 1, 1, 3}, DType::u8);
      kernels::max_pool2d_forward(*queue, plain, x, y.view(), position.view());
      INFO(to_string(queue->device()) << " " << name_of(dtype));
      CHECK(position.values() == std::vector<double>{0, 1, 0});
      CHECK(y.values()[0] == 3);
      CHECK(std::isnan(y.values()[1]));
      CHECK(y.values()[2] == low);

      Guarded general(queue, {1, 1, 1, 3}, dtype), winner(queue, {1, 1, 1, 3}, DType::u8);
      kernels::max_pool2d_forward(*queue, uneven, x, general.view(), winner.view());
      CHECK(winner.values() == std::vector<double>{1, 2, 0});
      CHECK(general.values()[0] == 3);
    }
  }
}
