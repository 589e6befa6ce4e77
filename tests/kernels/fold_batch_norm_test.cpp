// SPDX-License-Identifier: Apache-2.0
#include "kernels/fold_batch_norm.h"

#include "kernels/conv2d.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

TEST_CASE("a convolution with a folded batch norm equals the convolution followed by batch norm", "[sanitize]") {
  const auto queue = reference_queue();
  const Shape x_shape{2, 3, 6, 7}, k_shape{5, 3, 3, 3}, y_shape{2, 5, 6, 7}, c{5};
  const auto data = [&](const Shape& shape, std::uint64_t seed, double low, double high) {
    return random_tensor(queue, shape, DType::f64, seed, low, high);
  };
  const Tensor x = data(x_shape, 1, -1, 1), kernel = data(k_shape, 2, -1, 1), weight = data(c, 3, 0.5, 2),
               bias = data(c, 4, -1, 1);
  const Tensor mean = data(c, 5, -1, 1), variance = data(c, 6, 0.1, 2), before = data(c, 7, -1, 1);
  const kernels::Conv2dOptions options{.padding = 1};
  for (const bool with_bias : {false, true}) {
    const Tensor conv_bias = with_bias ? before : Tensor{};
    Guarded scale(queue, c, DType::f64), shift(queue, c, DType::f64), y(queue, y_shape, DType::f64);
    kernels::fold_batch_norm(*queue, 1e-5, conv_bias, kernels::BatchNormParameters{weight, bias}, mean, variance,
                             scale.view(), shift.view());
    kernels::conv2d_forward(*queue, options, x, kernel,
                            kernels::Conv2dEpilogue{.scale = scale.view(), .bias = shift.view()}, y.view());

    Guarded plain(queue, y_shape, DType::f64), inverse(queue, c, DType::f64), want(queue, y_shape, DType::f64);
    kernels::conv2d_forward(*queue, options, x, kernel, kernels::Conv2dEpilogue{.bias = conv_bias}, plain.view());
    kernels::batch_norm_frozen_forward(*queue, kernels::BatchNormOptions{}, ConstView(plain.view()),
                                       kernels::BatchNormParameters{weight, bias}, mean, variance, Tensor{},
                                       inverse.view(), want.view());
    expect_close(y, want, 1e-13, with_bias ? "with bias" : "without bias");

    for (const Where& where : everywhere({DType::f32})) {
      const auto single = [&](const Tensor& t) {
        return t ? engine::from_host(std::span<const double>(engine::download(t)), t.shape(), DType::f32, where.queue)
                 : Tensor{};
      };
      Guarded scale_single(where.queue, c, DType::f32), shift_single(where.queue, c, DType::f32);
      kernels::fold_batch_norm(*where.queue, 1e-5, single(conv_bias),
                               kernels::BatchNormParameters{single(weight), single(bias)}, single(mean),
                               single(variance), scale_single.view(), shift_single.view());
      expect_close(scale_single, scale, 1e-6, where.name() + ", scale");
      expect_close(shift_single, shift, 1e-6, where.name() + ", shift");
    }
  }
}
