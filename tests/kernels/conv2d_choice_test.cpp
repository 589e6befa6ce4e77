// SPDX-License-Identifier: Apache-2.0
// Every way of computing a convolution gives its result. Where cuDNN cannot run, the library is one that pretends: its
// plans are the hand-written kernels behind the library's interface, so that what surrounds a plan is tested.
#include "kernels/cuda/conv2d_choice.h"

#include "kernels/cuda/devices.h"
#include "tests/support/catch.h"

#ifdef ISOTHERM_HAVE_CUDA

#include <set>

#include "kernels/cast.h"
#include "kernels/cuda/conv2d_ways.h"
#include "tests/cases/conv2d_cases.h"
#include "tests/support/kernel_test.h"

using namespace test;
using namespace kernels::cuda;
using Catch::Matchers::Contains;
using kernels::Activation;
using library::ConvolutionProblem;
using library::Direction;
using library::Fused;

namespace {

class PretendedPlan final : public library::ConvolutionPlan {
 public:
  PretendedPlan(ConvolutionProblem problem, int number) : problem_(std::move(problem)), number_(number) {}
  std::string name() const override { return "pretended " + std::to_string(number_); }

  void run(kernels::Queue& queue, const library::ConvolutionPointers& pointers) const override {
    const ConvolutionProblem& p = problem_;
    const kernels::Workspace weight_room(queue, 4 * static_cast<std::size_t>(p.weight.elements()));
    const View weight{weight_room.data(), DType::f32, p.weight};
    const ConstView given{pointers.weight, p.dtype, p.weight}, x{pointers.x, p.dtype, p.x}, y{pointers.y, p.dtype, p.y};
    const auto writable = [](const ConstView& view) {
      return View{const_cast<void*>(view.data), view.dtype, view.shape};
    };
    kernels::Conv2dOptions options = p.options;
    options.activation = p.fused == Fused::bias_and_relu ? Activation::relu() : Activation::none();
    if (p.direction == Direction::by_weight) {
      conv2d_grad_weight_by(queue, {}, options, y, x, weight);
      return kernels::cast(queue, ConstView(weight), writable(given));
    }
    kernels::cast(queue, given, weight);
    const kernels::Workspace bias_room(queue, 4 * static_cast<std::size_t>(p.y.c()));
    const View bias{bias_room.data(), DType::f32, {p.y.c()}};
    kernels::Conv2dEpilogue epilogue;
    if (p.fused != Fused::nothing) {
      kernels::cast(queue, ConstView{pointers.bias, p.dtype, {p.y.c()}}, bias);
      epilogue.bias = bias;
    }
    if (p.direction == Direction::forward)
      gather_products(queue, {"pretended", Gathering::convolution, options}, x, weight, epilogue, writable(y));
    else
      gather_products(queue, {"pretended", Gathering::adjoint, options}, y, weight, {}, writable(x));
  }

 private:
  ConvolutionProblem problem_;
  int number_;
};

class PretendedLibrary final : public library::ConvolutionLibrary {
 public:
  explicit PretendedLibrary(int plans = 1) : plans_(plans) {}
  std::vector<std::shared_ptr<const library::ConvolutionPlan>> plans(const ConvolutionProblem& problem,
                                                                     const library::PlanRequest& request) override {
    std::vector<std::shared_ptr<const library::ConvolutionPlan>> made;
    for (int i = 0; i < plans_ && made.size() < request.most; ++i)
      made.push_back(std::make_shared<PretendedPlan>(problem, i));
    return made;
  }

 private:
  int plans_;
};

bool pretends() {
  return devices().emulated || convolution_library_version().empty();
}

// The device's own, where it has one.
std::unique_ptr<library::ConvolutionLibrary> library_of(kernels::Queue& queue) {
  if (pretends()) return std::make_unique<PretendedLibrary>();
  return library::open_convolutions(queue);
}

bool device_here() {
  if (devices().count == 0) WARN("skipped: no device cuda: " << devices().none_because);
  return devices().count > 0;
}

struct Epilogue {
  const char* name;
  bool scale, bias, residual;
  Activation activation;
};
const Epilogue epilogues[] = {{"plain", false, false, false, Activation::none()},
                              {"bias", false, true, false, Activation::none()},
                              {"bias, relu", false, true, false, Activation::relu()},
                              {"scale, bias, leaky relu", true, true, false, Activation::leaky_relu(0.2)},
                              {"all and relu", true, true, true, Activation::relu()},
                              {"residual", false, false, true, Activation::none()}};

// Convolutions that leave remainders and such that take 128-bit accesses.
std::vector<Conv2dCase> chosen_cases() {
  std::vector<Conv2dCase> chosen;
  for (const Conv2dCase& c : conv2d_cases)
    if (c.name == "grouped" || c.name == "odd channels" || c.name == "stem of one channel" || c.name == "1x1 stride 2")
      chosen.push_back(c);
  REQUIRE(chosen.size() == 4);
  return chosen;
}

// A result in bf16 is rounded once; a way of the library may round the sum and the bias, too.
double bound(DType dtype, std::int64_t length) {
  return tolerance(dtype, length) + (dtype == DType::bf16 ? 3 * 0x1p-8 : 0);
}

// Nothing is left of the way before.
template <class Call>
void run_anew(const Where& where, const Way<Call>& way, const Call& call, const View& result) {
  where.queue->fill(result.data, 0xFF, static_cast<std::size_t>(result.elements()) * size_of(result.dtype));
  way.run(*where.queue, call);
}

void check_forward(const Conv2dCase& c, const Epilogue& e, const Where& where) {
  const Shape y_shape = kernels::conv2d_shape(c.x, c.weight, c.options), per_channel{y_shape.c()};
  const Twin x = random_twin(where, c.x, 1), weight = random_parameter(where, c.weight, 2),
             scale = random_parameter(where, per_channel, 3), bias = random_parameter(where, per_channel, 4),
             residual = random_twin(where, y_shape, 5);
  kernels::Conv2dOptions options = c.options;
  options.activation = e.activation;
  const auto part = [](bool wanted, const Tensor& tensor) {
    return wanted ? ConstView(tensor) : ConstView{};
  };
  Guarded want(reference_queue(), y_shape, DType::f64);
  kernels::conv2d_forward(*reference_queue(), options, x.reference, weight.reference,
                          kernels::Conv2dEpilogue{part(e.scale, scale.reference), part(e.bias, bias.reference),
                                                  part(e.residual, residual.reference)},
                          want.view());
  Guarded y(where.queue, y_shape, where.dtype);
  const GatherCall call{{"conv2d_forward", Gathering::convolution, options},
                        x.here,
                        weight.here,
                        {part(e.scale, scale.here), part(e.bias, bias.here), part(e.residual, residual.here)},
                        y.view()};
  const auto library = library_of(*where.queue);
  GatherWays ways = native_ways(call);
  for (auto& way : library_ways(*where.queue, *library, {}, call)) ways.push_back(way);
  CHECK(ways.size() > 6);
  const std::int64_t length = c.weight.elements() / c.weight[0];
  for (const auto& way : ways) {
    run_anew(where, way, call, y.view());
    expect_close(y, want, bound(where.dtype, length), c.name + ", " + e.name + ", " + way.name + ", " + where.name());
  }
  const bool fused = e.bias && !e.scale && !e.residual;
  CHECK((ways.back().name.find("fused") != std::string::npos) == fused);
}

void check_gradients(const Conv2dCase& c, const Where& where) {
  const Shape y_shape = kernels::conv2d_shape(c.x, c.weight, c.options);
  const Twin x = random_twin(where, c.x, 1), weight = random_parameter(where, c.weight, 2),
             dy = random_twin(where, y_shape, 3);
  const auto library = library_of(*where.queue);
  Guarded dx(where.queue, c.x, where.dtype), dx_want(reference_queue(), c.x, DType::f64);
  kernels::conv2d_grad_input(*reference_queue(), c.options, dy.reference, weight.reference, dx_want.view());
  const GatherCall by_input{{"conv2d_grad_input", Gathering::adjoint, c.options}, dy.here, weight.here, {}, dx.view()};
  GatherWays ways = native_ways(by_input);
  for (auto& way : library_ways(*where.queue, *library, {}, by_input)) ways.push_back(way);
  CHECK(ways.size() > 6);
  for (const auto& way : ways) {
    run_anew(where, way, by_input, dx.view());
    expect_close(dx, dx_want, bound(where.dtype, c.weight.elements()), c.name + ", grad_input, " + way.name);
  }
  Guarded dweight(where.queue, c.weight, DType::f32), dweight_want(reference_queue(), c.weight, DType::f64);
  kernels::conv2d_grad_weight(*reference_queue(), c.options, dy.reference, x.reference, dweight_want.view());
  const GradWeightCall by_weight{c.options, dy.here, x.here, dweight.view()};
  for (const auto& way : native_ways(by_weight)) {
    run_anew(where, way, by_weight, dweight.view());
    expect_close(dweight, dweight_want, tolerance(DType::f32, y_shape.pixels()), c.name + ", by weight, " + way.name);
  }
  for (const auto& way : library_ways(*where.queue, *library, {}, by_weight)) {
    run_anew(where, way, by_weight, dweight.view());
    expect_close(dweight, dweight_want, bound(where.dtype, y_shape.pixels()), c.name + ", by weight, " + way.name);
  }
  CHECK(as_exact(by_weight) == (where.dtype == DType::f32));
}

// A queue whose choices are made with a pretended library and clock.
std::shared_ptr<kernels::Queue> choosing_queue(kernels::AutotuneOptions options, kernels::Stopwatch stopwatch) {
  const auto queue = std::make_shared<kernels::Queue>(kernels::Device{DeviceKind::cuda},
                                                      kernels::QueueOptions{.autotune = std::move(options)});
  set_convolution_library(*queue, std::make_unique<PretendedLibrary>(2), std::move(stopwatch));
  return queue;
}

std::set<std::string> chosen_names(kernels::Queue& queue) {
  std::set<std::string> names;
  for (const auto& [problem, name] : queue.autotuner().choices()) names.insert(name);
  return names;
}

// One convolution in all directions.
void convolve(const std::shared_ptr<kernels::Queue>& queue, DType dtype) {
  const Where where{queue, dtype};
  const Shape x_shape{1, 8, 5, 7}, weight_shape{16, 8, 3, 3}, y_shape{1, 16, 5, 7};
  const Twin x = random_twin(where, x_shape, 1), weight = random_parameter(where, weight_shape, 2),
             dy = random_twin(where, y_shape, 3);
  const kernels::Conv2dOptions options{.padding = 1};
  Guarded y(queue, y_shape, dtype), dx(queue, x_shape, dtype), dweight(queue, weight_shape, DType::f32);
  kernels::conv2d_forward(*queue, options, x.here, weight.here, kernels::Conv2dEpilogue{}, y.view());
  kernels::conv2d_grad_input(*queue, options, dy.here, weight.here, dx.view());
  kernels::conv2d_grad_weight(*queue, options, dy.here, x.here, dweight.view());
  Guarded want(reference_queue(), y_shape, DType::f64);
  kernels::conv2d_forward(*reference_queue(), options, x.reference, weight.reference, kernels::Conv2dEpilogue{},
                          want.view());
  expect_close(y, want, bound(dtype, 72), "a chosen convolution");
}

}  // namespace

TEST_CASE("every way of computing a convolution agrees with the reference", "[sanitize]") {
  if (!device_here()) return;
  for (const Conv2dCase& c : chosen_cases())
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const Where where{queue_of(DeviceKind::cuda, 3), dtype};
      check_gradients(c, where);
      for (const Epilogue& e : epilogues) check_forward(c, e, where);
    }
}

TEST_CASE("a convolution's choice is made once, by the clock, and is remembered by name") {
  if (!device_here()) return;
  int timed = 0;
  const auto stopwatch = [&](const std::function<void()>& run) {
    run();
    return ++timed % 8 == 3 ? 1.0 : 2.0;  // The second plan of the library, behind the kernels' own rule.
  };
  const auto queue = choosing_queue({.provider = kernels::Provider::automatic}, stopwatch);
  convolve(queue, DType::f32);
  const int first = timed;
  CHECK(first > 8);
  CHECK(queue->autotuner().choices().size() == 3);
  convolve(queue, DType::f32);
  CHECK(timed == first);
  CHECK(chosen_names(*queue).count("pretended 1") == 1);
  for (const auto& [problem, name] : queue->autotuner().choices())
    CHECK_THAT(problem, Contains(description(0)) && Contains("kernels 1") && Contains("[16, 8, 3, 3]"));
}

TEST_CASE("auto never rounds the gradient of a weight, and native never asks the library") {
  if (!device_here()) return;
  const auto prefers_library = [](const auto& queue) {
    convolve(queue, DType::bf16);
    return chosen_names(*queue);
  };
  int call = 0;
  const auto second_is_quickest = [&](const std::function<void()>& run) {
    run();
    return call++ == 1 ? 0.5 : 1.0;
  };
  const auto automatic = choosing_queue({.provider = kernels::Provider::automatic}, second_is_quickest);
  const std::set<std::string> names = prefers_library(automatic);
  CHECK(names.count("pretended 0") == 1);
  for (const auto& [problem, name] : automatic->autotuner().choices())
    if (problem.find("by weight") != std::string::npos) CHECK_THAT(name, Contains("native"));
  call = 0;
  for (const std::string& name :
       prefers_library(choosing_queue({.provider = kernels::Provider::native}, second_is_quickest)))
    CHECK_THAT(name, Contains("native"));
}

TEST_CASE("where determinism is required the kernels' own rule is taken and nothing is timed") {
  if (!device_here()) return;
  const auto queue =
      choosing_queue({.provider = kernels::Provider::automatic, .determinism = kernels::Determinism::required},
                     [](const std::function<void()>&) -> double { throw std::logic_error("timed"); });
  convolve(queue, DType::bf16);
  CHECK(chosen_names(*queue) == std::set<std::string>{"native"});
}

TEST_CASE("an emulated device makes no choices unless it is asked to") {
  if (!device_here() || !devices().emulated) return;
  const auto queue = std::make_shared<kernels::Queue>(kernels::Device{DeviceKind::cuda});
  convolve(queue, DType::f32);
  CHECK(queue->autotuner().choices().empty());
}

#endif

TEST_CASE("the library is refused where there is none, with the reason", "[sanitize]") {
  const kernels::QueueOptions options{.autotune = {.provider = kernels::Provider::library}};
  CHECK_THROWS_AS(kernels::Queue(kernels::Device{kernels::DeviceKind::cpu}, options), kernels::UsageError);
  if (kernels::cuda::convolution_library_version().empty())
    CHECK_THROWS_WITH(kernels::Queue(kernels::Device{kernels::DeviceKind::cuda}, options),
                      Catch::Matchers::Contains("ISOTHERM_CUDNN"));
}
