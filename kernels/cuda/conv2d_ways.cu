// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"
#include "kernels/cuda/conv2d_epilogue.h"
#include "kernels/cuda/conv2d_ways.h"

namespace kernels::cuda {

namespace {

using library::ConvolutionPlan;
using library::ConvolutionProblem;
using library::Direction;
using library::Fused;

std::size_t bytes_of(std::int64_t elements, DType dtype) {
  return static_cast<std::size_t>(elements) * size_of(dtype);
}

const char* name_of_tile(GatherTile tile) {
  switch (tile) {
    case GatherTile::automatic:
      return "native";
    case GatherTile::of_64x32:
      return "native 64x32";
    case GatherTile::of_128x16:
      return "native 128x16";
    case GatherTile::of_128x32:
      return "native 128x32";
    case GatherTile::of_128x64:
      return "native 128x64";
    case GatherTile::of_128x128:
      return "native 128x128";
  }
  return "?";
}

const char* name_of_tile(GradWeightTile tile) {
  switch (tile) {
    case GradWeightTile::automatic:
      return "native";
    case GradWeightTile::of_16x128:
      return "native 16x128";
    case GradWeightTile::of_32x64:
      return "native 32x64";
    case GradWeightTile::of_64x64:
      return "native 64x64";
    case GradWeightTile::of_128x128:
      return "native 128x128";
  }
  return "?";
}

// The weight as the library reads it: in the type of the activations, with the epilogue's factors.
void run_plan(Queue& queue, const ConvolutionPlan& plan, Fused fused, const GatherCall& call) {
  const bool forward = call.problem.gathering == Gathering::convolution;
  const DType dtype = call.source.dtype;
  const Conv2dEpilogue& epilogue = call.epilogue;
  const bool as_it_is = dtype == DType::f32 && !epilogue.scale;
  const Workspace room(queue, as_it_is ? 1 : bytes_of(call.weight.elements(), dtype));
  if (!as_it_is) scale_weights(queue, call.weight, epilogue.scale, {room.data(), dtype, call.weight.shape});
  const bool rounded_bias = fused != Fused::nothing && dtype != DType::f32;
  const Workspace bias_room(queue, rounded_bias ? bytes_of(epilogue.bias.elements(), dtype) : 1);
  if (rounded_bias) cast(queue, epilogue.bias, {bias_room.data(), dtype, epilogue.bias.shape});
  const void* weight = as_it_is ? call.weight.data : room.data();
  const void *source = call.source.data, *result = call.result.data;
  plan.run(queue, {.x = forward ? source : result,
                   .weight = weight,
                   .y = forward ? result : source,
                   .bias = rounded_bias ? bias_room.data() : epilogue.bias.data});
  const Activation& activation = call.problem.options.activation;
  if (fused == Fused::nothing && (epilogue.bias || epilogue.residual || !activation.is_none()))
    finish_sums(queue, epilogue.bias, epilogue.residual, activation, call.result);
}

// The part of the epilogue that cuDNN has in the kernels that it brings along.
Fused fused_of(const GatherCall& call) {
  const bool bias_alone = call.epilogue.bias && !call.epilogue.residual;
  if (call.problem.gathering != Gathering::convolution || !bias_alone) return Fused::nothing;
  switch (call.problem.options.activation.kind) {
    case Activation::Kind::none:
      return Fused::bias;
    case Activation::Kind::relu:
      return Fused::bias_and_relu;
    case Activation::Kind::leaky_relu:
      break;
  }
  return Fused::nothing;
}

void run_plan(Queue& queue, const ConvolutionPlan& plan, const GradWeightCall& call) {
  const bool rounded = call.x.dtype != DType::f32;
  const Workspace room(queue, rounded ? bytes_of(call.dweight.elements(), call.x.dtype) : 1);
  const View sums = rounded ? View{room.data(), call.x.dtype, call.dweight.shape} : call.dweight;
  plan.run(queue, {.x = call.x.data, .weight = sums.data, .y = call.dy.data, .bias = nullptr});
  if (rounded) cast(queue, sums, call.dweight);
}

}  // namespace

ConvolutionProblem problem_of(Queue& queue, const GatherCall& call) {
  const bool forward = call.problem.gathering == Gathering::convolution;
  return {.direction = forward ? Direction::forward : Direction::by_input,
          .x = forward ? call.source.shape : call.result.shape,
          .weight = call.weight.shape,
          .y = forward ? call.result.shape : call.source.shape,
          .options = call.problem.options,
          .dtype = call.source.dtype,
          .products = queue.products(),
          .fused = Fused::nothing};
}

ConvolutionProblem problem_of(Queue& queue, const GradWeightCall& call) {
  return {.direction = Direction::by_weight,
          .x = call.x.shape,
          .weight = call.dweight.shape,
          .y = call.dy.shape,
          .options = call.options,
          .dtype = call.x.dtype,
          .products = queue.products(),
          .fused = Fused::nothing};
}

GatherWays native_ways(const GatherCall&) {
  GatherWays ways;
  const auto add = [&](GatherTile tile) {
    ways.push_back({name_of_tile(tile), [tile](Queue& queue, const GatherCall& call) {
                      GatherProblem problem = call.problem;
                      problem.tile = tile;
                      gather_products(queue, problem, call.source, call.weight, call.epilogue, call.result);
                    }});
  };
  add(GatherTile::automatic);
  for (const GatherTile tile : gather_tiles) add(tile);
  return ways;
}

GradWeightWays native_ways(const GradWeightCall&) {
  GradWeightWays ways;
  const auto add = [&](GradWeightTile tile) {
    ways.push_back({name_of_tile(tile), [tile](Queue& queue, const GradWeightCall& call) {
                      conv2d_grad_weight_by(queue, {.tile = tile}, call.options, call.dy, call.x, call.dweight);
                    }});
  };
  add(GradWeightTile::automatic);
  for (const GradWeightTile tile : grad_weight_tiles) add(tile);
  return ways;
}

GatherWays library_ways(Queue& queue, library::ConvolutionLibrary& convolutions, const library::PlanRequest& request,
                        const GatherCall& call) {
  // The factors of an adjoint would stand on the inner channels of its weight.
  const bool declined = call.problem.gathering == Gathering::adjoint && call.epilogue.scale;
  if (declined || !take_library_access(call.source, call.weight, call.result)) return {};
  ConvolutionProblem problem = problem_of(queue, call);
  GatherWays ways;
  for (const Fused fused : {fused_of(call), Fused::nothing}) {
    problem.fused = fused;
    for (const auto& plan : convolutions.plans(problem, request))
      ways.push_back(
          {plan->name() + (fused == Fused::nothing ? "" : " fused"), [plan, fused](Queue& on, const GatherCall& now) {
             run_plan(on, *plan, fused, now);
           }});
    if (!ways.empty() || fused == Fused::nothing) break;
  }
  return ways;
}

GradWeightWays library_ways(Queue& queue, library::ConvolutionLibrary& convolutions,
                            const library::PlanRequest& request, const GradWeightCall& call) {
  if (!take_library_access(call.dy, call.x, call.dweight)) return {};
  GradWeightWays ways;
  for (const auto& plan : convolutions.plans(problem_of(queue, call), request))
    ways.push_back({plan->name(), [plan](Queue& on, const GradWeightCall& now) {
                      run_plan(on, *plan, now);
                    }});
  return ways;
}

}  // namespace kernels::cuda
