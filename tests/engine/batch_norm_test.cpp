// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/batch_norm.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::BatchNormTensors;
using kernels::Activation;

namespace {

// Running statistics that nothing else holds: training updates them in place.
BatchNormTensors fresh(const Tensor& weight, const Tensor& bias) {
  const auto& queue = weight.shared_queue();
  const DType dtype = weight.dtype();
  return {weight, bias, random_tensor(queue, weight.shape(), dtype, 21),
          random_tensor(queue, weight.shape(), dtype, 22, 0.5, 2)};
}

}  // namespace

TEST_CASE("batch_norm: gradients equal finite differences, with activation and residual", "[sanitize]") {
  const Shape x{2, 5, 3, 4}, channels{5};
  for (const auto activation : {Activation::none(), Activation::relu(), Activation::leaky_relu(0.2)}) {
    const kernels::BatchNormOptions options{.activation = activation};
    INFO("slope " << activation.slope);
    check_gradients([&](const auto& in) { return batch_norm_train(in[0], fresh(in[2], in[3]), in[1], in[4], options); },
                    {x, x, channels, channels, channels});
    check_gradients([&](const auto& in) { return batch_norm_train(in[0], fresh(in[1], in[2]), {}, {}, options); },
                    {x, channels, channels});
    check_gradients([&](const auto& in) { return batch_norm_frozen(in[0], fresh(in[2], in[3]), in[1], options); },
                    {x, x, channels, channels});
    check_gradients([&](const auto& in) { return batch_norm_frozen(in[0], fresh(in[1], in[2]), {}, options); },
                    {x, channels, channels});
  }
}

TEST_CASE("batch_norm moves its running statistics by the formula", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    const DType dtype = engine::master_dtype(*queue);
    // One channel with 1, 2, 3, 6: mean 3, squares 14, biased variance 3.5, unbiased 14 / 3. The other constant.
    const std::vector<double> values = {1, 2, 3, 6, 5, 5, 5, 5};
    const Tensor x = engine::from_host(std::span<const double>(values), {1, 2, 2, 2}, dtype, queue);
    const BatchNormTensors t{engine::full({2}, 1.0, dtype, queue), engine::zeros({2}, dtype, queue),
                             engine::full({2}, 10.0, dtype, queue), engine::full({2}, 2.0, dtype, queue)};
    const Tensor y = batch_norm_train(x, t, {}, {}, {.epsilon = 0.5, .momentum = 0.25});
    const std::vector<double> mean = engine::download(t.running_mean), variance = engine::download(t.running_variance);
    CHECK(mean[0] == Approx(0.75 * 10 + 0.25 * 3));
    CHECK(mean[1] == Approx(0.75 * 10 + 0.25 * 5));
    CHECK(variance[0] == Approx(0.75 * 2 + 0.25 * 14 / 3));
    CHECK(variance[1] == Approx(0.75 * 2));
    // Normalised by the biased variance: (6 - 3) / sqrt(3.5 + 0.5).
    CHECK(engine::download(y)[3] == Approx(1.5));
    CHECK(engine::download(y)[4] == Approx(0).margin(1e-7));

    const Tensor omitted = engine::full({2}, 4.0, dtype, queue);
    const Tensor same = batch_norm_train(x, t, {}, omitted, {.epsilon = 0.5, .momentum = 1.0});
    CHECK(engine::download(same) == engine::download(y));
    CHECK(engine::download(t.running_mean)[0] == Approx(3 + 4));
    CHECK(engine::download(t.running_variance)[0] == Approx(14.0 / 3));
  }
}

TEST_CASE("batch_norm with frozen statistics uses them and leaves them alone", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor x = engine::full({1, 2, 2, 3}, 7.0, DType::f32, queue);
  const BatchNormTensors t{engine::full({2}, 2.0, DType::f32, queue), engine::full({2}, 0.5, DType::f32, queue),
                           engine::full({2}, 4.0, DType::f32, queue), engine::full({2}, 8.0, DType::f32, queue)};
  const Tensor y = batch_norm_frozen(x, t, {}, {.epsilon = 1.0});
  for (const double value : engine::download(y)) CHECK(value == Approx((7 - 4) / 3.0 * 2 + 0.5));
  CHECK(engine::download(t.running_mean) == std::vector<double>{4, 4});
  CHECK(engine::download(t.running_variance) == std::vector<double>{8, 8});
}

TEST_CASE("batch_norm refuses one value per channel, and vectors that do not fit", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto zeros = [&](const Shape& shape, DType dtype = DType::f32) {
    return engine::zeros(shape, dtype, queue);
  };
  const BatchNormTensors t{zeros({3}), zeros({3}), zeros({3}), zeros({3})};
  CHECK_THROWS_WITH(batch_norm_train(zeros({1, 3, 1, 1}), t, {}, {}, {}), Contains("at least 2 values per channel"));
  CHECK_THROWS_WITH(batch_norm_frozen(zeros({1, 4, 2, 2}), t, {}, {}), Contains("weight must have shape [4], got [3]"));
  CHECK_THROWS_WITH(batch_norm_frozen(zeros({1, 3, 2, 2}), t, zeros({1, 3, 2, 1}), {}),
                    Contains("residual must have shape [1, 3, 2, 2], got [1, 3, 2, 1]"));
  const BatchNormTensors half{zeros({3}, DType::bf16), zeros({3}), zeros({3}), zeros({3})};
  CHECK_THROWS_WITH(batch_norm_frozen(zeros({1, 3, 2, 2}), half, {}, {}), Contains("weight must be f32, got bf16"));
}
