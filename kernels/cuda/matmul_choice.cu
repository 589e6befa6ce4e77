// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "kernels/cast.h"
#include "kernels/cuda/choice.h"
#include "kernels/cuda/devices.h"
#include "kernels/cuda/matmul_choice.h"
#include "kernels/cuda/matmul_kernels.h"

namespace kernels::cuda {

namespace {

constexpr int most_plans = 8;

struct MatmulCall {
  MatmulOptions options;
  ConstView a, b, bias;
  View y;
};
using MatmulWays = std::vector<Way<MatmulCall>>;

// Kept by the queue between calls.
struct MatmulChoices {
  std::optional<Surroundings> surroundings;
  std::unique_ptr<library::ProductLibrary> library;
  std::map<ProblemKey, Way<MatmulCall>> known;
};

MatmulChoices& choices_of(Queue& queue) {
  auto& self = queue.backend_state<MatmulChoices>();
  if (self.surroundings) return self;
  self.surroundings = surroundings_of(queue, matmul_library_version());
  self.library = library::open_products(queue);
  return self;
}

library::ProductProblem problem_of(Queue& queue, const MatmulCall& call) {
  const bool bf16 = call.a.dtype == DType::bf16 || call.b.dtype == DType::bf16;
  return {.size = matmul_problem(call.a.shape, call.b.shape, call.options),
          .options = call.options,
          .factors = bf16 ? DType::bf16 : DType::f32,
          .y = call.y.dtype,
          .products = queue.products(),
          .bias = bool(call.bias)};
}

// `view` in another type, in memory of its own; as it is where it has the type.
class InType {
 public:
  InType(Queue& queue, ConstView view, DType dtype)
      : room_(queue, view && view.dtype != dtype ? static_cast<std::size_t>(view.elements()) * size_of(dtype) : 1),
        data_(view.data) {
    if (!view || view.dtype == dtype) return;
    cast(queue, view, {room_.data(), dtype, view.shape});
    data_ = room_.data();
  }
  const void* data() const { return data_; }

 private:
  Workspace room_;
  const void* data_;
};

MatmulWays library_ways(Queue& queue, library::ProductLibrary& products, const MatmulCall& call) {
  const library::ProductProblem problem = problem_of(queue, call);
  // No product of f32 factors is rounded on its way out.
  if (problem.factors == DType::f32 && problem.y != DType::f32) return {};
  if (!take_library_access(call.a, call.b, call.y)) return {};
  MatmulWays ways;
  for (const auto& plan : products.plans(problem, most_plans))
    ways.push_back({plan->name(), [plan, factors = problem.factors](Queue& on, const MatmulCall& now) {
                      const InType a(on, now.a, factors), b(on, now.b, factors), bias(on, now.bias, now.y.dtype);
                      plan->run(on, {.a = a.data(), .b = b.data(), .bias = bias.data(), .y = now.y.data});
                    }});
  return ways;
}

MatmulWays ways_of(Queue& queue, MatmulChoices& self, const MatmulCall& call, const std::string& remembered) {
  MatmulWays by_hand{{"native", [](Queue& on, const MatmulCall& now) {
                        matmul_by_kernels(on, now.options, now.a, now.b, now.bias, now.y);
                      }}};
  MatmulWays by_library;
  const bool wanted = self.library && queue.autotuner().options().provider != Provider::native;
  if (wanted && remembered != "native") by_library = library_ways(queue, *self.library, call);
  return joined_ways(queue, std::move(by_hand), std::move(by_library));
}

ProblemKey key_of(const MatmulCall& call) {
  ProblemKey key;
  for (const ConstView& view : {call.a, call.b, ConstView(call.y)}) {
    key.push_back(static_cast<std::int64_t>(view.dtype));
    for (int axis = 0; axis < view.shape.rank(); ++axis) key.push_back(view.shape[axis]);
  }
  for (const bool flag : {call.options.a == Transpose::yes, call.options.b == Transpose::yes, bool(call.bias),
                          take_library_access(call.a, call.b, call.y)})
    key.push_back(flag ? 1 : 0);
  return key;
}

}  // namespace

void matmul(Queue& queue, const MatmulOptions& options, ConstView a, ConstView b, ConstView bias, View y) {
  if (!has_choice(queue, matmul_library_version())) return matmul_by_kernels(queue, options, a, b, bias, y);
  MatmulChoices& self = choices_of(queue);
  const MatmulCall call{options, a, b, bias, y};
  const auto describe = [&] {
    return to_string(problem_of(queue, call)) + (take_library_access(a, b, y) ? "" : ", unaligned");
  };
  const auto list = [&](const std::string& remembered) {
    return ways_of(queue, self, call, remembered);
  };
  way_for(queue, *self.surroundings, self.known, key_of(call), call, describe, list).run(queue, call);
}

void set_matmul_library(Queue& queue, std::unique_ptr<library::ProductLibrary> products, Stopwatch stopwatch) {
  MatmulChoices& self = choices_of(queue);
  self.known.clear();
  self.library = std::move(products);
  self.surroundings->stopwatch = std::move(stopwatch);
}

}  // namespace kernels::cuda
