// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_clip.h"

#include <cmath>
#include <limits>

#include "tests/cases/optimizer_update_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Result {
  Guarded norm;
  std::vector<Guarded> within, shortened, bounded;  // By a limit above the norm, by half of it, and by value.
};

// The gradients of a case, the same numbers on every device.
Result run(const OptimizerUpdateCase& c, const Where& where) {
  const auto& queue = where.queue;
  const bool on_reference = queue->device().kind == DeviceKind::reference;
  const Where here{on_reference ? queue_of(DeviceKind::cpu) : queue, DType::f32};
  Result result{{queue, {}, DType::f64}, {}, {}, {}};
  std::vector<Tensor> tensors;
  std::vector<ConstView> views;
  for (std::size_t i = 0; i < c.parameters.size(); ++i) {
    const Twin numbers = random_parameter(here, c.parameters[i], i);
    tensors.push_back(on_reference ? numbers.reference : numbers.here);
    views.push_back(tensors.back());
  }
  const auto copies = [&](std::vector<Guarded>& to) {
    std::vector<View> copied;
    for (const Tensor& tensor : tensors) {
      to.emplace_back(queue, tensor.shape(), tensor.dtype());
      to.back().start_from(tensor);
      copied.push_back(to.back().view());
    }
    return copied;
  };
  kernels::global_norm(*queue, views, result.norm.view());
  const double norm = result.norm.values()[0];
  kernels::clip_to_norm(*queue, norm * 1.001 + 1, result.norm.view(), copies(result.within));
  kernels::clip_to_norm(*queue, norm / 2, result.norm.view(), copies(result.shortened));
  kernels::clip_to_value(*queue, 0.25, copies(result.bounded));
  return result;
}

}  // namespace

TEST_CASE("norm and clipping of gradients agree with the reference", "[sanitize]") {
  std::vector<OptimizerUpdateCase> cases = small_parameter_lists();
  cases.push_back(thousands_of_parameters);
  for (const OptimizerUpdateCase& c : cases) {
    const Result want = run(c, {reference_queue(), DType::f64});
    for (const Where& where : everywhere({DType::f32})) {
      const Result got = run(c, where);
      const std::string label = c.name + ", " + where.name();
      // Sums are f64.
      expect_close(got.norm, want.norm, 1e-13, label + ", norm");
      for (std::size_t i = 0; i < c.parameters.size(); ++i) {
        const std::string of_tensor = label + ", tensor " + std::to_string(i);
        expect_close(got.within[i], want.within[i], 0, of_tensor + ", within the limit");
        expect_close(got.shortened[i], want.shortened[i], tolerance(DType::f32, 1), of_tensor + ", shortened");
        expect_close(got.bounded[i], want.bounded[i], 0, of_tensor + ", bounded");
      }
    }
  }
}

TEST_CASE("norm and clipping of gradients repeat bit for bit, whatever the threads", "[sanitize]") {
  for (const OptimizerUpdateCase& c : small_parameter_lists())
    for (const Where& where : everywhere({DType::f32})) {
      const Result got = run(c, where), again = run(c, where), otherwise = run(c, where.otherwise());
      const std::string label = c.name + ", " + where.name();
      expect_identical(got.norm, again.norm, label + ", norm twice");
      expect_identical(got.norm, otherwise.norm, label + ", norm with other threads");
      for (std::size_t i = 0; i < c.parameters.size(); ++i)
        expect_identical(got.shortened[i], otherwise.shortened[i], label + ", shortened with other threads");
    }
}

TEST_CASE("clipping keeps a NaN, bounds infinities, and shows a norm that is NaN", "[sanitize]") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> numbers{1, nan, infinity, -infinity, -0.125};
  std::vector<Where> places = everywhere({DType::f32});
  places.push_back({reference_queue(), DType::f64});
  for (const Where& where : places) {
    INFO(where.name());
    const Tensor x = engine::from_host(std::span<const double>(numbers), {5}, where.dtype, where.queue);
    Guarded bounded(where.queue, {5}, where.dtype), shortened(where.queue, {5}, where.dtype);
    Guarded norm(where.queue, {}, DType::f64);
    bounded.start_from(x);
    kernels::clip_to_value(*where.queue, 0.5, std::vector<View>{bounded.view()});
    const std::vector<double> values = bounded.values();
    CHECK(std::isnan(values[1]));
    CHECK(values[0] == 0.5);
    CHECK(values[2] == 0.5);
    CHECK(values[3] == -0.5);
    CHECK(values[4] == -0.125);

    shortened.start_from(x);
    kernels::global_norm(*where.queue, std::vector<ConstView>{x}, norm.view());
    CHECK(std::isnan(norm.values()[0]));
    kernels::clip_to_norm(*where.queue, 1, norm.view(), std::vector<View>{shortened.view()});
    for (const double value : shortened.values()) CHECK(std::isnan(value));
  }
}
