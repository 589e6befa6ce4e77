// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/elementwise_binary.h"

#include "tests/cases/elementwise_binary_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("elementwise_binary: gradients equal finite differences, broadcasts included", "[sanitize]") {
  for (const ElementwiseBinaryCase& c : elementwise_binary_cases) {
    if (c.size != CaseSize::small || c.a.elements() * c.b.elements() > 1'000'000) continue;
    INFO(c.name);
    const GradientCheck positive{.low = 0.5, .high = 2, .samples = 20};
    check_gradients([](const auto& in) { return add(in[0], in[1]); }, {c.a, c.b}, positive);
    check_gradients([](const auto& in) { return subtract(in[0], in[1]); }, {c.a, c.b}, positive);
    check_gradients([](const auto& in) { return multiply(in[0], in[1]); }, {c.a, c.b}, positive);
    check_gradients([](const auto& in) { return divide(in[0], in[1]); }, {c.a, c.b}, positive);
  }
}

TEST_CASE("the gradient of a square written as a product is twice the number", "[sanitize]") {
  // Both inputs are the same tensor: its gradient is collected twice.
  Tensor x = engine::full({2, 3}, 1.5, DType::f32, queue_of(DeviceKind::cpu));
  x.set_requires_grad(true);
  backward_from(x * x, engine::full({2, 3}, 1.0, DType::f32, x.shared_queue()));
  for (const double value : engine::download(x.grad())) CHECK(value == 3.0);
}

TEST_CASE("numbers mix with tensors on either side", "[sanitize]") {
  const Tensor x = engine::full({3}, 8.0, DType::f32, queue_of(DeviceKind::cpu));
  CHECK(engine::download(x + 1.0) == std::vector<double>(3, 9.0));
  CHECK(engine::download(1.0 + x) == std::vector<double>(3, 9.0));
  CHECK(engine::download(x - 1.0) == std::vector<double>(3, 7.0));
  CHECK(engine::download(1.0 - x) == std::vector<double>(3, -7.0));
  CHECK(engine::download(x * 0.5) == std::vector<double>(3, 4.0));
  CHECK(engine::download(0.5 * x) == std::vector<double>(3, 4.0));
  CHECK(engine::download(x / 2.0) == std::vector<double>(3, 4.0));
  CHECK(engine::download(-x) == std::vector<double>(3, -8.0));
}

TEST_CASE("a bf16 activation times an f32 parameter is bf16, and each gets a gradient of its own type", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  Tensor x = random_tensor(queue, {2, 9, 5, 7}, DType::bf16, 1),
         weight = random_tensor(queue, {1, 9, 1, 1}, DType::f32, 2);
  x.set_requires_grad(true);
  weight.set_requires_grad(true);
  for (const bool division : {false, true}) {
    x.clear_grad();
    weight.clear_grad();
    const Tensor y = division ? x / weight : x * weight;
    CHECK(y.dtype() == DType::bf16);
    backward_from(y, random_tensor(queue, y.shape(), DType::bf16, 3));
    CHECK(x.grad().dtype() == DType::bf16);
    CHECK(weight.grad().dtype() == DType::f32);
    CHECK(weight.grad().shape() == weight.shape());
  }
}

TEST_CASE("elementwise_binary refuses shapes, types and orders that do not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto zeros = [&](const Shape& shape, DType dtype = DType::f32) {
    return engine::zeros(shape, dtype, queue);
  };
  CHECK_THROWS_WITH(zeros({2, 3}) + zeros({2, 4}), Contains("add: [2, 3] and [2, 4] do not broadcast"));
  CHECK_THROWS_WITH(zeros({2}) * zeros({2}, DType::u8), Contains("multiply") && Contains("f32 and u8"));
  // Rank 3 is row-major, rank 4 is channels-last.
  CHECK_THROWS_WITH(zeros({2, 3, 4, 5}) + zeros({3, 4, 5}), Contains("[3, 4, 5] cannot be read with 4 dimensions"));
  CHECK_NOTHROW(zeros({2, 3, 4, 5}) + zeros({4, 5}));
  CHECK_THROWS_AS(zeros({2}) - engine::zeros({2}, DType::f64, reference_queue()), kernels::DeviceError);
}
