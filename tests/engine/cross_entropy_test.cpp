// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/cross_entropy.h"

#include "tests/cases/cross_entropy_cases.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("cross_entropy: gradients equal finite differences", "[sanitize]") {
  const std::vector<std::int64_t> values = {0, 1, 2, 3, 255, 1, 2, 3, 0, 255, 3, 2};
  const auto labels = [&](const Tensor& logits) {
    return engine::from_host(std::span<const std::int64_t>(values), {2, 2, 3}, DType::u8, logits.shared_queue());
  };
  const std::vector<double> weights = {0.5, 2, 1.5, 3};
  const auto weight = [&](const Tensor& logits) {
    return engine::from_host(std::span<const double>(weights), {4}, logits.dtype(), logits.shared_queue());
  };
  for (const auto reduction :
       {kernels::LossReduction::mean, kernels::LossReduction::sum, kernels::LossReduction::none}) {
    const kernels::CrossEntropyOptions options{.ignored_label = 255, .reduction = reduction};
    check_gradients([&](const auto& in) { return cross_entropy(in[0], labels(in[0]), weight(in[0]), options); },
                    {{2, 4, 2, 3}}, {.low = -3, .high = 3});
    check_gradients([&](const auto& in) { return cross_entropy(in[0], labels(in[0]), {}, options); }, {{2, 4, 2, 3}});
  }
}

TEST_CASE("cross_entropy averages by the weights of the pixels that count", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  // Equal logits: every pixel that counts costs weight * ln 2, and the weights cancel in the mean.
  const Tensor logits = engine::zeros({1, 2, 2, 3}, DType::f32, queue);
  const std::vector<std::int64_t> values = {0, 1, 7, 1, 0, 7};
  const Tensor labels = engine::from_host(std::span<const std::int64_t>(values), {1, 2, 3}, DType::i64, queue);
  const std::vector<double> weights = {0.25, 3};
  const Tensor weight = engine::from_host(std::span<const double>(weights), {2}, DType::f32, queue);
  const Tensor mean = cross_entropy(logits, labels, weight, {.ignored_label = 7});
  CHECK(mean.shape() == Shape{});
  CHECK(engine::read_scalar(mean) == Approx(std::log(2.0)));
  const Tensor sum =
      cross_entropy(logits, labels, weight, {.ignored_label = 7, .reduction = kernels::LossReduction::sum});
  CHECK(engine::read_scalar(sum) == Approx(6.5 * std::log(2.0)));
}

TEST_CASE("cross_entropy refuses labels and weights that do not fit the logits", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor logits = engine::zeros({2, 3, 4, 5}, DType::f32, queue);
  const Tensor labels = engine::zeros({2, 4, 5}, DType::u8, queue);
  CHECK_THROWS_WITH(cross_entropy(logits, engine::zeros({2, 5, 4}, DType::u8, queue)),
                    Contains("labels must have shape [2, 4, 5], got [2, 5, 4]"));
  CHECK_THROWS_WITH(cross_entropy(logits, engine::zeros({2, 4, 5}, DType::f32, queue)),
                    Contains("labels must be u8, i32 or i64, got f32"));
  CHECK_THROWS_WITH(cross_entropy(logits, labels, engine::zeros({4}, DType::f32, queue)),
                    Contains("weight must have shape [3], got [4]"));
}
