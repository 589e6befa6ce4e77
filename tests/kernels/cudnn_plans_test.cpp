// SPDX-License-Identifier: Apache-2.0
// cuDNN plans without a GPU: the device is described by its properties, plans are made for it and never run.
#include "tests/support/catch.h"

#ifdef ISOTHERM_HAVE_CUDNN

#include <set>
#include <string>

#include "kernels/cuda/library/cudnn/convolution_plans.h"
#include "tests/cases/device_properties.h"
#include "tests/cases/network_convolutions.h"

using namespace kernels::cuda::library;
using Catch::Matchers::Contains;
using kernels::Determinism;
using kernels::DType;
using kernels::Products;
using kernels::Shape;

namespace {

const PlanningDevice& device(int index = 0) {
  static const PlanningDevice h200(test::described_devices[0].properties), h100(test::described_devices[1].properties);
  return index == 0 ? h200 : h100;
}

ConvolutionProblem problem_of(const test::NetworkConvolution& c, int images, Direction direction) {
  ConvolutionProblem problem{.direction = direction, .x = c.x, .weight = c.weight, .options = c.options};
  problem.x[0] = images;
  problem.y = kernels::conv2d_shape(problem.x, c.weight, c.options);
  return problem;
}

constexpr Direction directions[] = {Direction::forward, Direction::by_input, Direction::by_weight};

bool has_plan(const ConvolutionProblem& problem, Determinism determinism, int on = 0) {
  return !make_plans(plan_choices(problem, device(on), determinism), device(on), 1).empty();
}

}  // namespace

TEST_CASE("cudnn has a repeatable plan for every convolution of the networks in every direction") {
  std::size_t largest_workspace = 0;
  for (const test::NetworkConvolution& c : test::network_convolutions)
    for (const Direction direction : directions)
      for (const int images : {1, 8})
        for (const DType dtype : {DType::f32, DType::bf16}) {
          ConvolutionProblem problem = problem_of(c, images, direction);
          problem.dtype = dtype;
          INFO(c.network << ": " << to_string(problem));
          const auto plans = make_plans(plan_choices(problem, device(), Determinism::required), device(), 1);
          REQUIRE(plans.size() == 1);
          CHECK_THAT(plans[0].name, Contains("cudnn "));
          largest_workspace = std::max(largest_workspace, plans[0].workspace);
        }
  CHECK(largest_workspace < std::size_t{4} << 30);
}

TEST_CASE("cudnn adds bias and relu in its own kernels, for every forward convolution of a network") {
  for (const test::NetworkConvolution& c : test::network_convolutions) {
    if (c.network != "mfnet") continue;
    for (const DType dtype : {DType::f32, DType::bf16})
      for (const Fused fused : {Fused::bias, Fused::bias_and_relu}) {
        ConvolutionProblem problem = problem_of(c, 8, Direction::forward);
        problem.dtype = dtype;
        problem.fused = fused;
        INFO(to_string(problem));
        CHECK(has_plan(problem, Determinism::required, 1));
      }
  }
}

TEST_CASE("cudnn's plans differ with what may be rounded and what must repeat") {
  test::NetworkConvolution c{"", {1, 64, 120, 160}, {64, 64, 3, 3}, {.padding = 1}};
  ConvolutionProblem problem = problem_of(c, 8, Direction::forward);
  const std::size_t exact = plan_choices(problem, device(), Determinism::relaxed).size();
  problem.products = Products::tf32;
  CHECK(plan_choices(problem, device(), Determinism::relaxed).size() > exact);
  CHECK(exact > 0);

  ConvolutionProblem by_weight = problem_of(c, 8, Direction::by_weight);
  const auto relaxed = plan_choices(by_weight, device(), Determinism::relaxed),
             required = plan_choices(by_weight, device(), Determinism::required);
  CHECK(required.size() < relaxed.size());
  CHECK(required.size() > 0);
}

TEST_CASE("a plan of cudnn has the same name whenever it is asked for, and no two share one") {
  test::NetworkConvolution c{"", {1, 48, 60, 80}, {48, 48, 3, 3}, {.padding = 2, .dilation = 2}};
  ConvolutionProblem problem = problem_of(c, 2, Direction::forward);
  problem.dtype = DType::bf16;
  const auto first = plan_choices(problem, device(), Determinism::relaxed),
             second = plan_choices(problem, device(), Determinism::relaxed);
  REQUIRE(first.size() == second.size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].name == second[i].name);
    names.insert(first[i].name);
  }
  CHECK(names.size() == first.size());
}

TEST_CASE("strides, dilation and groups reach cudnn: grouped and strided convolutions have plans") {
  const kernels::Conv2dOptions options{.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}, .groups = 2};
  for (const Direction direction : directions)
    for (const DType dtype : {DType::f32, DType::bf16}) {
      ConvolutionProblem problem{.direction = direction, .x = {2, 32, 30, 42}, .weight = {48, 16, 3, 3}};
      problem.options = options;
      problem.y = kernels::conv2d_shape(problem.x, problem.weight, options);
      problem.dtype = dtype;
      INFO(to_string(problem));
      CHECK(has_plan(problem, Determinism::relaxed));
    }
}

TEST_CASE("an error of cudnn names the call and the problem") {
  test::NetworkConvolution c{"", {1, 8, 12, 16}, {8, 8, 3, 3}, {.padding = 1}};
  ConvolutionProblem problem = problem_of(c, 1, Direction::forward);
  problem.y = {1, 8, 5, 16};  // Not what such a convolution gives.
  CHECK_THROWS_WITH(plan_choices(problem, device(), Determinism::relaxed),
                    Contains("[1, 8, 5, 16]") && Contains("cudnnBackendFinalize"));
  CHECK_THROWS_WITH(PlanningDevice("{\"deviceVer\": 900"), Contains("described by its properties"));
}

#endif
