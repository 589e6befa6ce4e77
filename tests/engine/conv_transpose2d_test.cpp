// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/conv_transpose2d.h"

#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("conv_transpose2d: gradients equal finite differences", "[sanitize]") {
  const kernels::ConvTranspose2dOptions uneven{
      .stride = {2, 3}, .padding = {1, 0}, .output_padding = {1, 0}, .dilation = {1, 2}};
  check_gradients([&](const auto& in) { return conv_transpose2d(in[0], in[1], in[2], uneven); },
                  {{2, 3, 4, 5}, {3, 4, 3, 2}, {4}});
  check_gradients([](const auto& in) { return conv_transpose2d(in[0], in[1], {}, {.stride = 2, .groups = 2}); },
                  {{1, 4, 3, 5}, {4, 3, 2, 2}});
}

TEST_CASE("conv_transpose2d gives the sizes that its header promises", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 6, 5, 7}, DType::f32, queue);
  const Tensor weight = engine::zeros({6, 4, 3, 2}, DType::f32, queue);
  CHECK(conv_transpose2d(x, weight, {}, {.stride = 2}).shape() == Shape{2, 4, 11, 14});
  const kernels::ConvTranspose2dOptions padded{.stride = 2, .padding = {1, 0}, .output_padding = {1, 1}};
  CHECK(conv_transpose2d(x, weight, {}, padded).shape() == Shape{2, 4, 10, 15});
}

TEST_CASE("conv_transpose2d adds up exactly where integers are multiplied", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const std::vector<double> pixels{1, 2, 3}, taps{1, 10, 100, 1000}, shift{0.5};
  const Tensor x = engine::from_host(std::span<const double>(pixels), {1, 1, 1, 3}, DType::f32, queue);
  const Tensor weight = engine::from_host(std::span<const double>(taps), {1, 1, 2, 2}, DType::f32, queue);
  const Tensor bias = engine::from_host(std::span<const double>(shift), {1}, DType::f32, queue);
  CHECK(engine::download(conv_transpose2d(x, weight, bias, {.stride = 2})) ==
        std::vector<double>{1.5, 10.5, 2.5, 20.5, 3.5, 30.5, 100.5, 1000.5, 200.5, 2000.5, 300.5, 3000.5});
  CHECK(engine::download(conv_transpose2d(x, weight, bias, {})) ==
        std::vector<double>{1.5, 12.5, 23.5, 30.5, 100.5, 1200.5, 2300.5, 3000.5});
}

TEST_CASE("conv_transpose2d refuses operands that do not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::zeros({2, 32, 6, 8}, DType::f32, queue),
               weight = engine::zeros({64, 16, 2, 2}, DType::f32, queue),
               fitting = engine::zeros({32, 16, 2, 2}, DType::f32, queue);
  CHECK_THROWS_WITH(conv_transpose2d(x, weight, {}, {.stride = 2}),
                    Contains("weight expects 64 input channels") && Contains("x has 32"));
  CHECK_THROWS_WITH(conv_transpose2d(x, fitting, {}, {.stride = 2, .output_padding = 2}),
                    Contains("output_padding 2x2") && Contains("smaller"));
  CHECK_THROWS_WITH(conv_transpose2d(x, fitting, engine::zeros({32}, DType::f32, queue), {.stride = 2}),
                    Contains("bias must have shape [16], got [32]"));
  CHECK_THROWS_WITH(conv_transpose2d(x, engine::zeros({32, 16, 2, 2}, DType::bf16, queue), {}, {}),
                    Contains("weight must be f32, got bf16"));
  CHECK_THROWS_WITH(conv_transpose2d(x, fitting, {}, {.stride = 2, .padding = 9}), Contains("leaves no output"));
}
