// SPDX-License-Identifier: Apache-2.0
#include "tests/support/convolution_problems.h"

#include <set>

#include "kernels/random.h"

namespace test {

namespace {

using kernels::RandomStream;

int pick(RandomStream& random, std::initializer_list<int> from) {
  return from.begin()[random.below(static_cast<std::uint32_t>(from.size()))];
}

int between(RandomStream& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint32_t>(high - low + 1)));
}

ConvolutionProblem random_problem(RandomStream& random, std::uint64_t seed) {
  ConvolutionProblem p;
  p.seed = seed;
  const int kind = between(random, 0, 7);
  const int groups = kind == 0 ? pick(random, {2, 3, 4}) : 1;
  int in, out;  // Per group.
  if (kind <= 1) {
    in = between(random, 1, 7);
    out = between(random, 1, 7);
  } else if (kind <= 4) {
    in = pick(random, {8, 16, 24, 32, 40});
    out = pick(random, {8, 16, 24, 40, 64, 72});
  } else {
    in = between(random, 1, 35);
    out = between(random, 1, 35);
  }
  kernels::Size2 kernel{between(random, 1, 5), between(random, 1, 5)};
  if (random.chance(0.2)) kernel = 1;
  if (random.chance(0.3)) kernel = 3;
  if (random.chance(0.08)) {
    kernel = 7;
    in = pick(random, {1, 3, 4});
  }
  auto& o = p.options;
  o.groups = groups;
  o.stride = {pick(random, {1, 1, 1, 2, 2, 3}), pick(random, {1, 1, 1, 2, 2, 3})};
  o.dilation = random.chance(0.25) ? kernels::Size2{between(random, 1, 3), between(random, 1, 3)} : 1;
  const int reach_h = o.dilation.h * (kernel.h - 1), reach_w = o.dilation.w * (kernel.w - 1);
  o.padding = random.chance(0.5) ? kernels::Size2{reach_h / 2, reach_w / 2}
                                 : kernels::Size2{between(random, 0, reach_h), between(random, 0, reach_w)};
  const double slope = pick(random, {0, 20, 100}) / 100.0;
  o.activation = slope == 0 ? kernels::Activation::relu()
                            : (slope == 1 ? kernels::Activation::none() : kernels::Activation::leaky_relu(slope));
  const auto extent = [&](int reach, int padding, int most) {
    return std::max(between(random, 1, most), reach + 1 - 2 * padding);
  };
  // A long image of few channels: its weight gradient is split over blocks.
  const int most = in * out <= 64 ? 34 : 12;
  const std::int64_t h = extent(reach_h, o.padding.h, most), w = extent(reach_w, o.padding.w, most);
  p.x = {between(random, 1, 2), in * groups, h, w};
  p.weight = {out * groups, in, kernel.h, kernel.w};
  p.dtype = random.chance(0.5) ? kernels::DType::bf16 : kernels::DType::f32;
  p.products = random.chance(0.6) ? kernels::Products::tf32 : kernels::Products::f32;
  p.scale = random.chance(0.3);
  p.bias = random.chance(0.5);
  p.residual = random.chance(0.3);
  p.candidate = random.chance(0.5) ? 0 : between(random, 1, 5);
  return p;
}

}  // namespace

std::string ConvolutionProblem::name() const {
  const bool tf32 = dtype == kernels::DType::f32 && products == kernels::Products::tf32;
  const char* type = tf32 ? "tf32" : name_of(dtype);
  return fmt::format("x {}, weight {}, stride {}, padding {}, dilation {}, groups {}, {}{}{}{}, slope {}, candidate {}",
                     x, weight, options.stride, options.padding, options.dilation, options.groups, type,
                     scale ? ", scale" : "", bias ? ", bias" : "", residual ? ", residual" : "",
                     options.activation.slope, candidate);
}

std::int64_t ConvolutionProblem::operations() const {
  return kernels::conv2d_shape(x, weight, options).elements() * weight[1] * weight[2] * weight[3];
}

std::vector<ConvolutionProblem> convolution_problems(int count) {
  constexpr std::int64_t most_operations = 1'500'000;  // A few milliseconds under emulation.
  std::vector<ConvolutionProblem> problems;
  std::set<std::string> named;
  RandomStream random(20260, "convolution problems");
  while (static_cast<int>(problems.size()) < count) {
    const ConvolutionProblem p = random_problem(random, problems.size());
    if (p.operations() <= most_operations && named.insert(p.name()).second) problems.push_back(p);
  }
  return problems;
}

}  // namespace test
