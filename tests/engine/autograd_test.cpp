// SPDX-License-Identifier: Apache-2.0
#include "engine/autograd.h"

#include "engine/ops/conv2d.h"
#include "engine/ops/elementwise_binary.h"
#include "tests/support/catch.h"
#include "tests/support/gradients.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

Tensor leaf(const Shape& shape, std::uint64_t seed) {
  Tensor tensor = random_tensor(reference_queue(), shape, DType::f64, seed);
  return tensor.set_requires_grad(true);
}

Tensor ones(const Shape& shape) {
  return engine::full(shape, 1, DType::f64, reference_queue());
}

}  // namespace

TEST_CASE("a tensor used twice collects both gradients", "[sanitize]") {
  const Tensor x = leaf({2, 3}, 1);
  backward_from(engine::multiply(engine::add(x, x), x), ones({2, 3}));  // 2 x^2
  const auto values = engine::download(x), gradient = engine::download(x.grad());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(gradient[i] == Approx(4 * values[i]));
}

TEST_CASE("gradients of several backward passes add up in the leaves", "[sanitize]") {
  const Tensor x = leaf({2, 3}, 1);
  for (int pass = 0; pass < 3; ++pass) backward_from(engine::multiply(x, x), ones({2, 3}));
  const auto values = engine::download(x), gradient = engine::download(x.grad());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(gradient[i] == Approx(6 * values[i]));
}

TEST_CASE("a gradient is summed down where its input was broadcast", "[sanitize]") {
  check_gradients([](const auto& in) { return engine::multiply(in[0], in[1]); }, {{2, 3, 4, 5}, {1, 3, 1, 1}});
  check_gradients([](const auto& in) { return engine::add(in[0], in[1]); }, {{4, 5}, {5}});
}

TEST_CASE("nothing is recorded without gradients, under NoGradient, or behind detach", "[sanitize]") {
  const Tensor plain = random_tensor(reference_queue(), {2, 3}, DType::f64, 1), x = leaf({2, 3}, 2);
  CHECK_FALSE(engine::add(plain, plain).node());
  CHECK(engine::add(plain, x).node());
  CHECK_FALSE(engine::add(x.detach(), plain).node());
  const engine::NoGradient off;
  CHECK_FALSE(engine::add(plain, x).node());
}

TEST_CASE("a tape is consumed by backward and says so the second time", "[sanitize]") {
  const Tensor x = leaf({2, 3}, 1);
  const Tensor y = engine::multiply(x, x);
  backward_from(y, ones({2, 3}));
  CHECK_THROWS_WITH(backward_from(y, ones({2, 3})), Contains("already consumed"));
  CHECK_THROWS_WITH(backward_from(random_tensor(reference_queue(), {1}, DType::f64, 1), ones({1})),
                    Contains("requires a gradient"));
}

TEST_CASE("saved tensors are freed as backward goes", "[sanitize]") {
  const auto queue = std::make_shared<kernels::Queue>(kernels::Device{DeviceKind::reference});
  Tensor x = random_tensor(queue, {64, 64}, DType::f64, 1);
  x.set_requires_grad(true);
  const std::size_t held = queue->memory().statistics().in_use;
  {
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = engine::multiply(y, y);
    CHECK(queue->memory().statistics().in_use >= held + 20 * 64 * 64 * 8);
    backward_from(y, engine::full({64, 64}, 1, DType::f64, queue));
    y = {};
  }
  CHECK(queue->memory().statistics().in_use == held + 64 * 64 * 8);  // The leaf's gradient.
}

TEST_CASE("the finite check names the first op that makes a NaN", "[sanitize]") {
  const Tensor x = leaf({2, 3}, 1), zero = engine::zeros({2, 3}, DType::f64, reference_queue());
  const engine::OpObserver check(engine::finite_check());
  const Tensor fine = engine::multiply(x, zero);
  CHECK_THROWS_WITH(engine::divide(fine, zero), Contains("divide") && Contains("NaN"));
}

TEST_CASE("a deep chain neither overflows the stack when dropped nor when differentiated", "[sanitize]") {
  const Tensor x = leaf({1}, 1), one = ones({1});
  for (const bool differentiate : {false, true}) {
    Tensor y = x;
    for (int i = 0; i < 100000; ++i) y = engine::add(y, one);
    if (differentiate) backward_from(y, one);
  }
  CHECK(engine::read_scalar(x.grad()) == 1);
}

TEST_CASE("reshape keeps values and history, and refuses to reorder", "[sanitize]") {
  check_gradients(
      [](const auto& in) {
        return engine::multiply(in[0].reshape({3, 4}), in[1]);
      },
      {{3, 4, 1, 1}, {3, 4}});
  CHECK_THROWS_WITH(leaf({2, 3, 4, 5}, 1).reshape({6, 20}), Contains("order"));
}
