// SPDX-License-Identifier: Apache-2.0
#include "kernels/pixel_difference.h"

#include "tests/cases/pixel_difference_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

void agree(CaseSize size) {
  for (const PixelDifferenceCase& c : pixel_difference_cases) {
    if (c.size != size) continue;
    for (const auto& [kind, name] : pixel_differences) {
      const Shape plain = kernels::pixel_difference_shape(c.weight, kind);
      for (const Where& where : everywhere({DType::f32})) {
        const std::string label = c.name + ", " + name + ", " + where.name();
        const Twin weight = random_parameter(where, c.weight, 1), dy = random_parameter(where, plain, 2);
        Guarded y(where.queue, plain, DType::f32), want_y(reference_queue(), plain, DType::f64);
        kernels::pixel_difference_forward(*where.queue, kind, weight.here, y.view());
        kernels::pixel_difference_forward(*reference_queue(), kind, weight.reference, want_y.view());
        expect_close(y, want_y, tolerance(DType::f32, 9), label);

        const auto grad = [&, kind = kind](const std::shared_ptr<kernels::Queue>& queue, const Tensor& gradient) {
          Guarded dweight(queue, c.weight, gradient.dtype());
          kernels::pixel_difference_grad(*queue, kind, gradient, dweight.view());
          return dweight;
        };
        const Guarded got = grad(where.queue, dy.here);
        expect_close(got, grad(reference_queue(), dy.reference), tolerance(DType::f32, 9), label + ", gradient");
        const Where other = where.otherwise();
        expect_identical(got, grad(other.queue, random_parameter(other, plain, 2).here),
                         label + ", gradient on 1 and 2 threads");
      }
    }
  }
}

// The convolution by its definition: every weight times a difference of two of the pixels x[0..24] of a 5x5 patch.
double by_definition(kernels::PixelDifference kind, const std::vector<double>& w, const std::vector<double>& x) {
  const auto near = [&](int place) {  // Of the inner 3x3.
    return x[static_cast<std::size_t>((place / 3 + 1) * 5 + place % 3 + 1)];
  };
  double sum = 0;
  if (kind == kernels::PixelDifference::central)
    for (int i = 0; i < 9; ++i) sum += w[static_cast<std::size_t>(i)] * (near(i) - near(4));
  if (kind == kernels::PixelDifference::angular) {
    const int clockwise[] = {0, 1, 2, 5, 8, 7, 6, 3};
    for (int i = 0; i < 8; ++i)
      sum += w[static_cast<std::size_t>(clockwise[i])] * (near(clockwise[i]) - near(clockwise[(i + 1) % 8]));
  }
  if (kind == kernels::PixelDifference::radial) {
    // w[1..8] belong to the eight directions row by row; each looks from its outer pixel to the one inside of it.
    const int outer[] = {0, 2, 4, 10, 14, 20, 22, 24}, inner[] = {6, 7, 8, 11, 13, 16, 17, 18};
    for (int i = 0; i < 8; ++i)
      sum += w[static_cast<std::size_t>(i + 1)] *
             (x[static_cast<std::size_t>(outer[i])] - x[static_cast<std::size_t>(inner[i])]);
  }
  return sum;
}

}  // namespace

TEST_CASE("pixel differences and their gradients agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("pixel differences of large weights agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("pixel differences weigh differences of pixels", "[sanitize]") {
  const auto queue = reference_queue();
  const Tensor weight = random_tensor(queue, {1, 1, 3, 3}, DType::f64, 1),
               patch = random_tensor(queue, {5, 5}, DType::f64, 2);
  const std::vector<double> w = engine::download(weight), x = engine::download(patch);
  for (const auto& [kind, name] : pixel_differences) {
    const Shape plain = kernels::pixel_difference_shape(weight.shape(), kind);
    Guarded y(queue, plain, DType::f64);
    kernels::pixel_difference_forward(*queue, kind, weight, y.view());
    const std::vector<double> values = y.values();
    const int extent = static_cast<int>(plain.h()), border = (5 - extent) / 2;
    double sum = 0;
    for (int row = 0; row < extent; ++row)
      for (int column = 0; column < extent; ++column)
        sum += values[static_cast<std::size_t>(row * extent + column)] *
               x[static_cast<std::size_t>((row + border) * 5 + column + border)];
    INFO(name);
    CHECK(sum == Approx(by_definition(kind, w, x)).margin(1e-12));
  }
}
