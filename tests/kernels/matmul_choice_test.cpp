// SPDX-License-Identifier: Apache-2.0
// A library of matrix products is weighed against the kernel. Where cuBLASLt cannot run, the library is one that
// pretends: its plans are the kernel behind the library's interface, so that what surrounds a plan is tested.
#include "kernels/cuda/matmul_choice.h"

#include "tests/support/catch.h"

#ifdef ISOTHERM_HAVE_CUDA

#include "kernels/cast.h"
#include "kernels/cuda/devices.h"
#include "kernels/cuda/matmul_kernels.h"
#include "tests/support/kernel_test.h"

using namespace test;
using namespace kernels::cuda;
using Catch::Matchers::Contains;
using kernels::Transpose;

namespace {

class PretendedPlan final : public library::ProductPlan {
 public:
  explicit PretendedPlan(library::ProductProblem problem) : problem_(std::move(problem)) {}
  std::string name() const override { return "pretended"; }
  void run(kernels::Queue& queue, const library::ProductPointers& pointers) const override {
    const auto& [batch, m, n, k, a_row, a_column, b_row, b_column] = problem_.size;
    const bool a_turned = problem_.options.a == Transpose::yes, b_turned = problem_.options.b == Transpose::yes;
    const ConstView a{pointers.a, problem_.factors, a_turned ? Shape{batch, k, m} : Shape{batch, m, k}};
    const ConstView b{pointers.b, problem_.factors, b_turned ? Shape{batch, n, k} : Shape{batch, k, n}};
    // The bias has come in the type of y; the kernel wants it in f32.
    const kernels::Workspace room(queue, static_cast<std::size_t>(4 * n));
    const View bias{room.data(), DType::f32, {n}};
    if (problem_.bias) kernels::cast(queue, ConstView{pointers.bias, problem_.y, {n}}, bias);
    matmul_by_kernels(queue, problem_.options, a, b, problem_.bias ? ConstView(bias) : ConstView{},
                      View{pointers.y, problem_.y, {batch, m, n}});
  }

 private:
  library::ProductProblem problem_;
};

class PretendedLibrary final : public library::ProductLibrary {
 public:
  std::vector<std::shared_ptr<const library::ProductPlan>> plans(const library::ProductProblem& problem, int) override {
    return {std::make_shared<PretendedPlan>(problem)};
  }
};

}  // namespace

TEST_CASE("a plan of a library for matmul takes the place of the kernel and agrees with the reference") {
  if (devices().count == 0) {
    WARN("skipped: no device cuda: " << devices().none_because);
    return;
  }
  const auto queue = std::make_shared<kernels::Queue>(
      kernels::Device{DeviceKind::cuda}, kernels::QueueOptions{.autotune = {.provider = kernels::Provider::automatic}});
  double next = 2;
  auto library = devices().emulated ? nullptr : library::open_products(*queue);
  if (!library) library = std::make_unique<PretendedLibrary>();
  set_matmul_library(*queue, std::move(library), [&](const std::function<void()>& run) {
    run();
    return next -= 0.01;  // The last one timed is the quickest.
  });
  const std::int64_t batch = 2, m = 9, n = 20, k = 13;
  std::size_t by_kernel = 0, problems = 0;
  for (const DType a_type : {DType::f32, DType::bf16})
    for (const DType b_type : {DType::f32, DType::bf16})
      for (const DType y_type : {DType::f32, DType::bf16})
        for (const bool with_bias : {false, true}) {
          const bool f32 = a_type == DType::f32 && b_type == DType::f32;
          const Where of_a{queue, a_type}, of_b{queue, b_type};
          const Twin a = random_twin(of_a, {batch, k, m}, 1), b = random_twin(of_b, {batch, k, n}, 2),
                     bias = random_parameter(of_b, {n}, 3);
          const kernels::MatmulOptions options{.a = Transpose::yes};
          Guarded y(queue, {batch, m, n}, y_type), want(reference_queue(), {batch, m, n}, DType::f64);
          const auto part = [&](const Tensor& tensor) {
            return with_bias ? ConstView(tensor) : ConstView{};
          };
          kernels::matmul(*queue, options, a.here, b.here, part(bias.here), y.view());
          kernels::matmul(*reference_queue(), options, a.reference, b.reference, part(bias.reference), want.view());
          const double rounded = f32 && y_type == DType::f32 ? 0 : 2 * 0x1p-8;
          expect_close(y, want, tolerance(y_type, k) + rounded,
                       std::string(name_of(a_type)) + " by " + name_of(b_type) + " to " + name_of(y_type));
          ++problems;
          by_kernel += f32 && y_type == DType::bf16 ? 1 : 0;  // No library rounds a product of f32 factors.
        }
  // One problem for each type of the factors together.
  std::size_t native = 0;
  for (const auto& [problem, name] : queue->autotuner().choices()) {
    native += name == "native" ? 1 : 0;
    CHECK_THAT(problem, Contains("matmul") && Contains("transposed") && Contains(description(0)));
  }
  CHECK(native == by_kernel);
  CHECK(queue->autotuner().choices().size() < problems);
}

#endif
