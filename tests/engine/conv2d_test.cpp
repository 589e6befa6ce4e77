// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/conv2d.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("conv2d: gradients equal finite differences", "[sanitize]") {
  const kernels::Conv2dOptions plain{.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}};
  check_gradients([&](const auto& in) { return conv2d(in[0], in[1], in[2], plain); },
                  {{2, 3, 7, 9}, {4, 3, 3, 2}, {4}});
  check_gradients([](const auto& in) { return conv2d(in[0], in[1], {}, {.padding = 1, .groups = 2}); },
                  {{1, 4, 5, 4}, {6, 2, 3, 3}});
}

TEST_CASE("conv2d refuses a weight with the wrong channel count", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 32, 6, 8}, DType::f32, queue),
               weight = engine::zeros({64, 64, 3, 3}, DType::f32, queue);
  CHECK_THROWS_WITH(conv2d(x, weight, {}, {}), Contains("weight expects 64 input channels") && Contains("x has 32"));
}

TEST_CASE("a tensor that a gradient needs must not change in place", "[sanitize]") {
  const auto queue = reference_queue();
  const Tensor x = random_tensor(queue, {1, 2, 4, 5}, DType::f64, 1);
  Tensor weight = random_tensor(queue, {3, 2, 3, 3}, DType::f64, 2);
  weight.set_requires_grad(true);
  const Tensor y = conv2d(x, weight, {}, {});
  x.mutable_view().as<double>()[0] = 5;
  CHECK_THROWS_WITH(backward_from(y, random_tensor(queue, y.shape(), DType::f64, 3)),
                    Contains("conv2d") && Contains("changed in place"));
}
