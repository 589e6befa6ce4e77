// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "kernels/cuda/conv2d_choice.h"
#include "kernels/cuda/conv2d_ways.h"
#include "kernels/cuda/devices.h"

namespace kernels::cuda {

namespace {

// Kept by the queue between calls.
struct ConvolutionChoices {
  std::optional<Surroundings> surroundings;
  std::unique_ptr<library::ConvolutionLibrary> library;
  std::map<ProblemKey, Way<GatherCall>> gather;
  std::map<ProblemKey, Way<GradWeightCall>> grad_weight;
};

ConvolutionChoices& choices_of(Queue& queue) {
  auto& self = queue.backend_state<ConvolutionChoices>();
  if (self.surroundings) return self;
  self.surroundings = surroundings_of(queue, convolution_library_version());
  self.library = library::open_convolutions(queue);
  return self;
}

void add(ProblemKey& key, const Shape& shape) {
  for (int axis = 0; axis < shape.rank(); ++axis) key.push_back(shape[axis]);
}
void add(ProblemKey& key, const Conv2dOptions& o) {
  for (const Size2 size : {o.stride, o.padding, o.dilation}) key.insert(key.end(), {size.h, size.w});
  key.push_back(o.groups);
}

ProblemKey key_of(const GatherCall& call) {
  const auto& [scale, bias, residual] = call.epilogue;
  std::int64_t flags = take_library_access(call.source, call.weight, call.result, residual) ? 1 : 0;
  for (const bool there : {bool(scale), bool(bias), bool(residual)}) flags = 2 * flags + (there ? 1 : 0);
  ProblemKey key{static_cast<std::int64_t>(call.problem.gathering), static_cast<std::int64_t>(call.source.dtype),
                 static_cast<std::int64_t>(call.problem.options.activation.kind), flags};
  add(key, call.source.shape);
  add(key, call.weight.shape);
  add(key, call.result.shape);
  add(key, call.problem.options);
  return key;
}

ProblemKey key_of(const GradWeightCall& call) {
  ProblemKey key{static_cast<std::int64_t>(call.x.dtype), take_library_access(call.dy, call.x, call.dweight) ? 1 : 0};
  add(key, call.dy.shape);
  add(key, call.x.shape);
  add(key, call.dweight.shape);
  add(key, call.options);
  return key;
}

std::string text_of(Queue& queue, const GatherCall& call) {
  std::string text = to_string(problem_of(queue, call));
  if (call.epilogue.scale) text += ", scale";
  if (call.epilogue.bias) text += ", bias";
  if (call.epilogue.residual) text += ", residual";
  if (call.problem.options.activation.kind == Activation::Kind::relu) text += ", relu";
  if (call.problem.options.activation.kind == Activation::Kind::leaky_relu) text += ", leaky relu";
  if (!take_library_access(call.source, call.weight, call.result, call.epilogue.residual)) text += ", unaligned";
  return text;
}

std::string text_of(Queue& queue, const GradWeightCall& call) {
  return to_string(problem_of(queue, call)) + (take_library_access(call.dy, call.x, call.dweight) ? "" : ", unaligned");
}

template <class Call>
void run_chosen(Queue& queue, ConvolutionChoices& self, std::map<ProblemKey, Way<Call>>& known, const Call& call) {
  const auto list = [&](const std::string& remembered) {
    const AutotuneOptions& options = queue.autotuner().options();
    const bool wanted =
        options.provider == Provider::library || (options.provider != Provider::native && as_exact(call));
    std::vector<Way<Call>> by_library;
    if (self.library && wanted && !remembered.starts_with("native"))  // What is remembered need not be sought.
      by_library = library_ways(queue, *self.library, {.determinism = options.determinism}, call);
    return joined_ways(queue, native_ways(call), std::move(by_library));
  };
  way_for(
      queue, *self.surroundings, known, key_of(call), call, [&] { return text_of(queue, call); }, list)
      .run(queue, call);
}

}  // namespace

void gather_products_by_choice(Queue& queue, const GatherProblem& problem, ConstView source, ConstView weight,
                               const Conv2dEpilogue& epilogue, View result) {
  if (!has_choice(queue, convolution_library_version()))
    return gather_products(queue, problem, source, weight, epilogue, result);
  ConvolutionChoices& self = choices_of(queue);
  run_chosen(queue, self, self.gather, GatherCall{problem, source, weight, epilogue, result});
}

void conv2d_grad_weight_by_choice(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight) {
  if (!has_choice(queue, convolution_library_version()))
    return conv2d_grad_weight_by(queue, {}, options, dy, x, dweight);
  ConvolutionChoices& self = choices_of(queue);
  run_chosen(queue, self, self.grad_weight, GradWeightCall{options, dy, x, dweight});
}

void set_convolution_library(Queue& queue, std::unique_ptr<library::ConvolutionLibrary> convolutions,
                             Stopwatch stopwatch) {
  ConvolutionChoices& self = choices_of(queue);
  self.gather.clear();
  self.grad_weight.clear();
  self.library = std::move(convolutions);
  self.surroundings->stopwatch = std::move(stopwatch);
}

}  // namespace kernels::cuda
