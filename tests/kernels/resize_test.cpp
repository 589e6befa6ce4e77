// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize.h"

#include "tests/cases/resize_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

Shape result_shape(const ResizeCase& c) {
  return {c.x.n(), c.x.c(), c.size.h, c.size.w};
}

struct Result {
  Guarded y, dx;
};

Result run(const ResizeCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype, const Tensor& x,
           const Tensor& dy) {
  Result result{{queue, result_shape(c), dtype}, {queue, c.x, dtype}};
  kernels::resize_forward(*queue, c.options, x, result.y.view());
  kernels::resize_grad(*queue, c.options, dy, result.dx.view());
  return result;
}

void agree(CaseSize size) {
  for (const ResizeCase& c : resize_cases) {
    if (c.size_class != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Twin x = random_twin(where, c.x, 1), dy = random_twin(where, result_shape(c), 2);
      const Result got = run(c, where.queue, where.dtype, x.here, dy.here);
      const Result want = run(c, reference_queue(), DType::f64, x.reference, dy.reference);
      const bool copies = c.options.interpolation == kernels::Interpolation::nearest;
      expect_close(got.y, want.y, copies ? 0 : tolerance(where.dtype, 4), label + ", forward");
      // How many outputs read one input, and the two weights of each.
      const std::int64_t readers = 4 * (c.size.h / c.x.h() + 1) * (c.size.w / c.x.w() + 1);
      expect_close(got.dx, want.dx, tolerance(where.dtype, readers), label + ", grad");
    }
  }
}

}  // namespace

TEST_CASE("resize and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large resize and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("resize repeats bit for bit, whatever the threads", "[sanitize]") {
  for (const ResizeCase& c : resize_cases) {
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

TEST_CASE("resize reads where its header says", "[sanitize]") {
  const auto tap = [](const kernels::ResizeOptions& options, std::int64_t at, std::int64_t in, std::int64_t out) {
    const kernels::ResizeTap t = kernels::resize_tap(options, at, in, out);
    return std::vector<double>{static_cast<double>(t.first), static_cast<double>(t.second), t.weight};
  };
  CHECK(tap(nearest, 5, 3, 7) == std::vector<double>{2, 2, 0});
  CHECK(tap(bilinear_aligned, 0, 4, 10) == std::vector<double>{0, 1, 0});
  CHECK(tap(bilinear_aligned, 9, 4, 10) == std::vector<double>{3, 3, 0});
  CHECK(tap(bilinear_aligned, 4, 4, 10) == std::vector<double>{1, 2, 3.0 / 9});
  CHECK(tap(bilinear_centres, 0, 4, 8) == std::vector<double>{0, 1, 0});  // -1/4, clamped.
  CHECK(tap(bilinear_centres, 3, 4, 8) == std::vector<double>{1, 2, 0.25});
  CHECK(tap(bilinear_centres, 7, 4, 8) == std::vector<double>{3, 3, 0});  // 3 1/4: beyond the last pixel.
}
