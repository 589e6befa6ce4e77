// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/cast.h"

#include "engine/autograd.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("cast: gradients equal finite differences", "[sanitize]") {
  // f32 has half the digits of f64: the step must be large against its rounding.
  check_gradients([](const auto& in) { return cast(cast(in[0], DType::f32), DType::f64); }, {{2, 3, 5, 4}},
                  {.step = 0.5, .tolerance = 1e-5, .device_tolerance = 0});
}

TEST_CASE("the gradient of a cast comes back in the type of its input", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  Tensor x = random_tensor(queue, {2, 3, 4, 5}, DType::f32, 1);
  x.set_requires_grad(true);
  const Tensor y = cast(x, DType::bf16);
  CHECK(y.dtype() == DType::bf16);
  const Tensor dy = random_tensor(queue, y.shape(), DType::bf16, 2);
  backward_from(y, dy);
  CHECK(x.grad().dtype() == DType::f32);
  CHECK(engine::download(x.grad()) == engine::download(dy));
}

TEST_CASE("a cast to its own type is the tensor itself", "[sanitize]") {
  const Tensor x = engine::zeros({2, 3}, DType::f32, queue_of(DeviceKind::cpu));
  CHECK(cast(x, DType::f32).view().data == x.view().data);
}

TEST_CASE("copy_into converts the type and refuses another shape", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor source = engine::full({2, 3}, 1.25, DType::bf16, queue),
               target = engine::zeros({2, 3}, DType::f32, queue);
  copy_into(source, target);
  CHECK(engine::download(target) == std::vector<double>(6, 1.25));
  // f64 is converted on every device, though only the reference computes in it.
  copy_into(engine::full({2, 3}, 2.5, DType::f64, queue), target);
  CHECK(engine::download(target) == std::vector<double>(6, 2.5));
  CHECK_THROWS_WITH(copy_into(source, engine::zeros({3, 2}, DType::f32, queue)),
                    Contains("source must have shape [3, 2], got [2, 3]"));
}
