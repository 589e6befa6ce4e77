// SPDX-License-Identifier: Apache-2.0
// Thousands of random convolutions on device cuda against the reference, element by element. The bound of an element is
// that of its own sum: eps sqrt(length) sum |a| |b|, with the eps of f32, which all sums are made in, and one rounding
// of the result. Where products are made in TF32, the reference gets factors that are already rounded as the hardware
// does it, so that the bound holds for the roundings too.
#include "tests/support/catch.h"

#ifdef ISOTHERM_HAVE_CUDA

#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "kernels/cuda/conv2d_gather.h"
#include "kernels/cuda/conv2d_grad_weight.h"
#include "kernels/cuda/devices.h"
#include "kernels/random.h"
#include "tests/support/convolution_problems.h"
#include "tests/support/kernel_test.h"
#ifdef ISOTHERM_CUDA_EMULATED
#include "kernels/cuda/divisor.cuh"
#include "kernels/cuda/emulation/launch.h"
#endif

using namespace test;

namespace {

using Values = std::vector<double>;
using QueuePointer = std::shared_ptr<kernels::Queue>;

// Numbers that `dtype` can represent: the bound then speaks of the sums alone.
Values random_values(const Shape& shape, DType dtype, std::uint64_t seed, const char* name) {
  kernels::RandomStream random(seed, name);
  Values values(static_cast<std::size_t>(shape.elements()));
  for (double& value : values) {
    value = static_cast<double>(static_cast<float>(random.uniform(-1, 1)));
    if (dtype == DType::bf16) value = static_cast<double>(static_cast<float>(kernels::bf16(static_cast<float>(value))));
  }
  return values;
}

// 11 significant bits, ties away from zero.
double rounded_to_tf32(double value) {
  int exponent;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::round(fraction * 0x1p11), exponent - 11);
}

Values magnitudes(Values values) {
  for (double& value : values) value = std::abs(value);
  return values;
}

struct Data {
  Values x, weight, scale, bias, residual, dy;
};

Data data_of(const ConvolutionProblem& p, const Shape& y) {
  const Shape per_channel{y.c()};
  const auto optional = [&](bool wanted, const Shape& shape, DType dtype, const char* name) {
    return wanted ? random_values(shape, dtype, p.seed, name) : Values{};
  };
  return {random_values(p.x, p.dtype, p.seed, "x"),
          random_values(p.weight, p.dtype, p.seed, "weight"),
          optional(p.scale, per_channel, DType::f32, "scale"),
          optional(p.bias, per_channel, DType::f32, "bias"),
          optional(p.residual, y, p.dtype, "residual"),
          random_values(y, p.dtype, p.seed, "dy")};
}

struct Results {
  Values y, dx, dweight;
};

Values fetched(const Guarded& guarded) {
  CHECK(guarded.guards_intact());
  return guarded.values();
}

// All three directions on a queue, in the types of the device or, on reference, in f64.
Results run(const ConvolutionProblem& p, const Data& data, const QueuePointer& queue) {
  const Shape y_shape = kernels::conv2d_shape(p.x, p.weight, p.options), per_channel{y_shape.c()};
  const bool reference = queue->device().kind == DeviceKind::reference;
  const DType dtype = reference ? DType::f64 : p.dtype, master = reference ? DType::f64 : DType::f32;
  const auto tensor = [&](const Values& values, const Shape& shape, DType type) {
    return values.empty() ? Tensor{} : engine::from_host(std::span<const double>(values), shape, type, queue);
  };
  const Tensor x = tensor(data.x, p.x, dtype), weight = tensor(data.weight, p.weight, master),
               scale = tensor(data.scale, per_channel, master), bias = tensor(data.bias, per_channel, master),
               residual = tensor(data.residual, y_shape, dtype), dy = tensor(data.dy, y_shape, dtype);
  const kernels::Conv2dEpilogue epilogue{scale, bias, residual};
  Guarded y(queue, y_shape, dtype), dx(queue, p.x, dtype), dweight(queue, p.weight, master);
  if (reference || p.candidate == 0) {
    kernels::conv2d_forward(*queue, p.options, x, weight, epilogue, y.view());
    kernels::conv2d_grad_input(*queue, p.options, dy, weight, dx.view());
    kernels::conv2d_grad_weight(*queue, p.options, dy, x, dweight.view());
  } else {
    using namespace kernels::cuda;
    const auto tile = static_cast<GatherTile>(p.candidate);
    kernels::Conv2dOptions plain = p.options;
    plain.activation = kernels::Activation::none();
    gather_products(*queue, {"conv2d_forward", Gathering::convolution, p.options, tile}, x, weight, epilogue, y.view());
    gather_products(*queue, {"conv2d_grad_input", Gathering::adjoint, plain, tile}, dy, weight, {}, dx.view());
    conv2d_grad_weight_by(*queue, {static_cast<GradWeightTile>(p.candidate % 5), p.candidate}, p.options, dy, x,
                          dweight.view());
  }
  return {fetched(y), fetched(dx), fetched(dweight)};
}

struct Wanted {
  Results results, magnitudes;  // The same sums of absolute values.
};

Wanted wanted(const ConvolutionProblem& p, const Data& data) {
  const auto as_factors = [&](Data given) {
    if (p.dtype == DType::f32 && p.products == kernels::Products::tf32)
      for (Values* values : {&given.x, &given.weight, &given.dy})
        for (double& value : *values) value = rounded_to_tf32(value);
    return given;
  };
  Data positive;
  positive = {magnitudes(data.x),    magnitudes(data.weight),   magnitudes(data.scale),
              magnitudes(data.bias), magnitudes(data.residual), magnitudes(data.dy)};
  return {run(p, as_factors(data), reference_queue()), run(p, positive, reference_queue())};
}

void expect_within(const Values& got, const Values& want, const Values& magnitude, DType dtype, std::int64_t length,
                   const std::string& label) {
  const double epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());
  const double rounding = dtype == DType::bf16 ? 0x1p-8 : epsilon;
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double bound = epsilon * std::sqrt(static_cast<double>(length)) * magnitude[i] + rounding * std::abs(want[i]);
    if (std::abs(got[i] - want[i]) <= bound) continue;
    FAIL_CHECK(label << ": at memory index " << i << " got " << got[i] << ", want " << want[i] << ", bound " << bound);
    return;
  }
}

void expect_right(const ConvolutionProblem& p, const Results& got, const Wanted& want, const std::string& where) {
  const Shape y = kernels::conv2d_shape(p.x, p.weight, p.options);
  const std::int64_t taps = p.weight[2] * p.weight[3], out_per_group = p.weight[0] / p.options.groups;
  const std::string label = p.name() + where;
  // Scale, bias and residual each add a rounding.
  expect_within(got.y, want.results.y, want.magnitudes.y, p.dtype, taps * p.weight[1] + 3, label + ": y");
  expect_within(got.dx, want.results.dx, want.magnitudes.dx, p.dtype, taps * out_per_group, label + ": dx");
  expect_within(got.dweight, want.results.dweight, want.magnitudes.dweight, DType::f32, y.pixels(),
                label + ": dweight");
}

void expect_same(const Results& a, const Results& b, const std::string& label) {
  // Both sides are free of NaN once they are right.
  if (a.y != b.y || a.dx != b.dx || a.dweight != b.dweight) FAIL_CHECK(label << ": two runs differ");
}

bool device_is_here() {
  const kernels::cuda::Devices devices = kernels::cuda::devices();
  if (devices.count == 0) WARN("skipped: no device cuda: " << devices.none_because);
  return devices.count > 0;
}

void check_once(const std::vector<ConvolutionProblem>& problems) {
  if (!device_is_here()) return;
  for (const ConvolutionProblem& p : problems) {
    const QueuePointer queue = queue_of(DeviceKind::cuda, 2, p.products);
    const Data data = data_of(p, kernels::conv2d_shape(p.x, p.weight, p.options));
    const Results first = run(p, data, queue);
    expect_right(p, first, wanted(p, data), "");
    expect_same(first, run(p, data, queue), p.name());
  }
  SUCCEED();
}

#ifdef ISOTHERM_CUDA_EMULATED
void check_in_every_order(const std::vector<ConvolutionProblem>& problems) {
  using namespace kernels::cuda::emulation;
  for (const ConvolutionProblem& p : problems) {
    const auto queue = std::make_shared<kernels::Queue>(kernels::Device{DeviceKind::cuda},
                                                        kernels::QueueOptions{.products = p.products});
    const Data data = data_of(p, kernels::conv2d_shape(p.x, p.weight, p.options));
    const Wanted want = wanted(p, data);
    std::optional<Results> first;
    for (const Order order : {Order::forward, Order::reverse, Order::shuffled, Order::run_ahead})
      for (const AsyncCopy copies : {AsyncCopy::late, AsyncCopy::eager}) {
        Options options;
        options.order = order;
        options.async_copy = copies;
        options.seed = p.seed + 1;
        set_options(*queue, options);
        const std::string where =
            fmt::format(", order {}, {} copies", static_cast<int>(order), copies == AsyncCopy::late ? "late" : "eager");
        const Results got = run(p, data, queue);
        expect_right(p, got, want, where);
        if (first) expect_same(*first, got, p.name() + where);
        if (!first) first = got;
      }
  }
  SUCCEED();
}
#endif

// Every `every`-th of the problems.
std::vector<ConvolutionProblem> some_of(int count, int every) {
  std::vector<ConvolutionProblem> chosen;
  const std::vector<ConvolutionProblem> all = convolution_problems(count);
  for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(every)) chosen.push_back(all[i]);
  return chosen;
}

}  // namespace

TEST_CASE("random convolutions on device cuda agree with the reference element by element", "[sanitize]") {
  check_once(some_of(3000, 15));
}

TEST_CASE("3000 random convolutions on device cuda agree with the reference element by element", "[slow]") {
  check_once(convolution_problems(3000));
}

#ifdef ISOTHERM_CUDA_EMULATED
TEST_CASE("convolutions of a few blocks are right, and free of races where a sanitizer watches",
          "[emulation][sanitize]") {
  // Channels that do and do not take 128-bit accesses, phases, groups, and a weight gradient in two parts.
  using kernels::Products;
  const auto problem = [](int in, int out, int groups, DType dtype, kernels::Size2 stride, Products products) {
    return ConvolutionProblem{.x = {1, in, 5, 7},
                              .weight = {out, in / groups, 3, 2},
                              .options = {.stride = stride, .padding = {1, 0}, .groups = groups},
                              .dtype = dtype,
                              .products = products,
                              .scale = false,
                              .bias = true,
                              .residual = true,
                              .candidate = 0,
                              .seed = static_cast<std::uint64_t>(in)};
  };
  std::vector<ConvolutionProblem> problems{
      problem(16, 24, 1, DType::bf16, {2, 1}, Products::f32), problem(6, 10, 2, DType::bf16, {1, 2}, Products::f32),
      problem(8, 36, 1, DType::f32, {2, 1}, Products::f32),   problem(3, 5, 1, DType::f32, {1, 1}, Products::f32),
      problem(8, 20, 1, DType::f32, {1, 2}, Products::tf32),  problem(5, 6, 1, DType::f32, {2, 1}, Products::tf32)};
  problems[1].candidate = problems[2].candidate = 2;
  check_in_every_order(problems);
}

TEST_CASE("division by a number that is known before equals division", "[emulation]") {
  kernels::RandomStream random(7, "divisions");
  for (int i = 0; i < 20000; ++i) {
    const int divisor = 1 + static_cast<int>(random.below(i % 3 == 0 ? 0x7FFFFFFEu : i % 3 == 1 ? 3000u : 40u));
    const kernels::cuda::Divisor division(divisor);
    const int number = static_cast<int>(random.below(0x7FFFFFFFu)), multiple = number / divisor * divisor;
    for (const int n : {0, 1, divisor - 1, divisor, number, multiple, multiple - (multiple > 0), 0x7FFFFFFF})
      if (division.quotient(n) != n / divisor)
        FAIL_CHECK(n << " / " << divisor << " gives " << division.quotient(n) << ", want " << n / divisor);
  }
  SUCCEED();
}

TEST_CASE("random convolutions do not depend on the order of threads and copies", "[sanitize]") {
  check_in_every_order(some_of(300, 25));
}

TEST_CASE("300 random convolutions do not depend on the order of threads and copies", "[slow]") {
  check_in_every_order(convolution_problems(300));
}
#endif

#else

TEST_CASE("random convolutions on device cuda agree with the reference element by element") {
  WARN("skipped: this build has no device cuda");
}

#endif
