// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/clip.h"

#include <cmath>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"

using namespace engine;
using kernels::DeviceKind;
using test::queue_of;

namespace {

// Parameters a [2] and b [3] with the gradients (3, 4) and (0, 12, 0): the norm is 13. `rests` has none.
std::vector<NamedTensor> three_parameters(const std::shared_ptr<Queue>& queue) {
  const DType dtype = master_dtype(*queue);
  const std::vector<double> a = {3, 4}, b = {0, 12, 0};
  const Tensor first = zeros({2}, dtype, queue), second = zeros({3}, dtype, queue);
  first.set_grad(from_host(std::span<const double>(a), {2}, dtype, queue));
  second.set_grad(from_host(std::span<const double>(b), {3}, dtype, queue));
  return {{"a", first}, {"rests", zeros({4}, dtype, queue)}, {"b", second}};
}

}  // namespace

TEST_CASE("the norm of all gradients is clipped as PyTorch clips it", "[sanitize]") {
  for (const auto& queue : test::every_queue()) {
    const double epsilon = master_dtype(*queue) == DType::f64 ? 1e-15 : 1e-7;
    const auto parameters = three_parameters(queue);
    CHECK(read_scalar(clip_gradient_norm(parameters, 6.5)) == 13);
    const double factor = 6.5 / (13 + 1e-6);
    CHECK(download(parameters[0].tensor.grad())[0] == Approx(3 * factor).epsilon(epsilon));
    CHECK(download(parameters[2].tensor.grad())[1] == Approx(12 * factor).epsilon(epsilon));
    CHECK_FALSE(parameters[1].tensor.grad());
    // Below the limit nothing changes.
    const auto small = three_parameters(queue);
    CHECK(read_scalar(clip_gradient_norm(small, 13.1)) == 13);
    CHECK(download(small[0].tensor.grad()) == std::vector<double>{3, 4});
    // At the limit the 1e-6 shows.
    const auto equal = three_parameters(queue);
    clip_gradient_norm(equal, 13);
    CHECK(download(equal[2].tensor.grad())[1] == Approx(12 * 13 / (13 + 1e-6)).epsilon(epsilon));
  }
}

TEST_CASE("a norm that is not finite shows in every gradient", "[sanitize]") {
  for (const double poison : {std::nan(""), static_cast<double>(INFINITY)}) {
    const auto parameters = three_parameters(queue_of(DeviceKind::cpu));
    parameters[0].tensor.grad().mutable_view().as<float>()[1] = static_cast<float>(poison);
    const double norm = read_scalar(clip_gradient_norm(parameters, 1));
    CHECK_FALSE(std::isfinite(norm));
    // NaN everywhere; an infinite norm scales by zero, and infinity times zero is NaN.
    CHECK(std::isnan(download(parameters[0].tensor.grad())[1]));
    if (std::isnan(poison)) CHECK(std::isnan(download(parameters[2].tensor.grad())[1]));
  }
}

TEST_CASE("a gradient that two parameters share is clipped once", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto parameters = three_parameters(queue);
  const Tensor twin = zeros({2}, DType::f32, queue);
  twin.set_grad(parameters[0].tensor.grad());
  // Counted twice in the norm, as PyTorch counts it.
  const std::vector<NamedTensor> both = {parameters[0], {"twin", twin}};
  CHECK(read_scalar(clip_gradient_norm(both, 1)) == Approx(std::sqrt(50.0)).epsilon(1e-15));
  CHECK(download(twin.grad())[1] == Approx(4 / std::sqrt(50.0)).epsilon(1e-6));
}

TEST_CASE("values are cut on both sides", "[sanitize]") {
  for (const auto& queue : test::every_queue()) {
    const Tensor p = zeros({5}, master_dtype(*queue), queue);
    const std::vector<double> values = {-9, -2, 0.5, 2, 9};
    p.set_grad(from_host(std::span<const double>(values), {5}, master_dtype(*queue), queue));
    const std::vector<NamedTensor> one = {{"p", p}};
    clip_gradient_values(one, 2);
    CHECK(download(p.grad()) == std::vector<double>{-2, -2, 0.5, 2, 2});
  }
}

TEST_CASE("the norm of many tensors is the reference's on any number of threads", "[sanitize]") {
  std::vector<double> norms;
  double want = 0;
  for (const int threads : {1, 2}) {
    const auto queue = queue_of(DeviceKind::cpu, threads);
    std::vector<NamedTensor> parameters;
    want = 0;
    for (const Shape& shape : {Shape{1}, Shape{3, 40001}, Shape{16384}, Shape{7, 3, 5, 2}}) {
      const Tensor p = zeros(shape, DType::f32, queue);
      p.set_grad(test::random_tensor(queue, shape, DType::f32, parameters.size()));
      for (const double value : download(p.grad())) want += value * value;
      parameters.push_back({"p", p});
    }
    norms.push_back(read_scalar(clip_gradient_norm(parameters, 1)));
    double clipped = 0;
    for (const NamedTensor& p : parameters)
      for (const double value : download(p.tensor.grad())) clipped += value * value;
    CHECK(std::sqrt(clipped) == Approx(1).epsilon(1e-6));
  }
  CHECK(norms[0] == norms[1]);
  CHECK(norms[0] == Approx(std::sqrt(want)).epsilon(1e-13));
}

TEST_CASE("a limit that makes no sense is refused", "[sanitize]") {
  const auto parameters = three_parameters(queue_of(DeviceKind::cpu));
  CHECK_THROWS_AS(clip_gradient_norm(parameters, 0), kernels::UsageError);
  CHECK_THROWS_AS(clip_gradient_values(parameters, std::nan("")), kernels::UsageError);
}
