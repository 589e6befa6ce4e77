// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/library/cudnn/convolution_plans.h"

#include <algorithm>

#include "kernels/error.h"

namespace kernels::cuda::library {

namespace {

constexpr std::int64_t most_engines = 64, most_knobs = 64;

cudnnDataType_t data_type(DType dtype) {
  return dtype == DType::bf16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
}

enum class Residence { in_memory, inside_of_kernel };

// Shape (n, c, h, w), channels-last.
Descriptor tensor(TensorId id, const Shape& shape, cudnnDataType_t type, const std::string& problem,
                  Residence residence = Residence::in_memory) {
  const std::int64_t c = shape.c(), h = shape.h(), w = shape.w();
  Descriptor d(CUDNN_BACKEND_TENSOR_DESCRIPTOR, problem);
  d.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {id})
      .set(CUDNN_ATTR_TENSOR_DATA_TYPE, type)
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, {shape.n(), c, h, w})
      .set(CUDNN_ATTR_TENSOR_STRIDES, {h * w * c, 1, w * c, c})
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {16})
      .set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, residence == Residence::inside_of_kernel)
      .finalize();
  return d;
}

Descriptor pointwise(cudnnPointwiseMode_t mode, const std::string& problem) {
  Descriptor d(CUDNN_BACKEND_POINTWISE_DESCRIPTOR, problem);
  d.set(CUDNN_ATTR_POINTWISE_MODE, mode).set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  d.finalize();
  return d;
}

Descriptor convolution_of(const ConvolutionProblem& p, const std::string& problem) {
  const auto pair = [](Size2 size) {
    return std::vector<std::int64_t>{size.h, size.w};
  };
  Descriptor d(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR, problem);
  d.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, {2})
      .set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT)
      .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION)
      .set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, pair(p.options.padding))
      .set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, pair(p.options.padding))
      .set(CUDNN_ATTR_CONVOLUTION_DILATIONS, pair(p.options.dilation))
      .set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, pair(p.options.stride))
      .finalize();
  return d;
}

// Attribute names of the three directions.
struct Names {
  cudnnBackendDescriptorType_t operation;
  cudnnBackendAttributeName_t x, weight, y, convolution, alpha, beta;
};

Names names_of(Direction direction) {
  switch (direction) {
    case Direction::by_input:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    case Direction::by_weight:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
    case Direction::forward:
      break;
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
}

// The operations of a problem; each keeps what it was finalized with.
Descriptor graph_of(const ConvolutionProblem& p, const PlanningDevice& device) {
  const std::string problem = to_string(p);
  const cudnnDataType_t type = data_type(p.dtype);
  const bool fused = p.fused != Fused::nothing, relu = p.fused == Fused::bias_and_relu;
  const Descriptor x = tensor(id_x, p.x, type, problem), weight = tensor(id_weight, p.weight, type, problem),
                   y = tensor(id_y, p.y, type, problem), convolution = convolution_of(p, problem);
  const Shape per_channel{1, p.y.c(), 1, 1};
  const Descriptor bias = tensor(id_bias, per_channel, type, problem),
                   sum = tensor(id_sum, p.y, CUDNN_DATA_FLOAT, problem, Residence::inside_of_kernel),
                   biased = tensor(id_biased, p.y, CUDNN_DATA_FLOAT, problem, Residence::inside_of_kernel);
  const Names names = names_of(p.direction);
  Descriptor product(names.operation, problem);
  product.set(names.x, x)
      .set(names.weight, weight)
      .set(names.y, fused ? sum : y)
      .set(names.convolution, convolution)
      .set(names.alpha, 1.0f)
      .set(names.beta, 0.0f)
      .finalize();
  std::vector<const Descriptor*> operations{&product};
  Descriptor addition, activation;
  if (fused) {
    addition = Descriptor(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR, problem);
    addition.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, pointwise(CUDNN_POINTWISE_ADD, problem))
        .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, sum)
        .set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, bias)
        .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, relu ? biased : y)
        .finalize();
    operations.push_back(&addition);
  }
  if (relu) {
    activation = Descriptor(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR, problem);
    activation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, pointwise(CUDNN_POINTWISE_RELU_FWD, problem))
        .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, biased)
        .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y)
        .finalize();
    operations.push_back(&activation);
  }
  Descriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR, problem);
  device.name_to(graph, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations).finalize();
  return graph;
}

bool admissible(const ConvolutionProblem& p, const Descriptor& engine, Determinism determinism) {
  const auto behaviour = engine.values<cudnnBackendBehaviorNote_t>(
      CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, CUDNN_BEHAVIOR_NOTE_TYPE_COUNT);
  if (std::find(behaviour.begin(), behaviour.end(), CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION) != behaviour.end())
    return false;
  const bool exact = p.dtype == DType::f32 && p.products != Products::tf32;
  const auto notes = engine.values<cudnnBackendNumericalNote_t>(
      CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  return std::none_of(notes.begin(), notes.end(), [&](cudnnBackendNumericalNote_t note) {
    switch (note) {
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
        return determinism == Determinism::required;
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
        return exact;
      case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      case CUDNN_NUMERICAL_NOTE_FFT:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
        return true;
      case CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP:
      case CUDNN_NUMERICAL_NOTE_TYPE_COUNT:
        break;
    }
    return false;
  });
}

std::string name_of_choice(const Descriptor& configuration, const Descriptor& engine) {
  std::string name = fmt::format("cudnn {}", engine.integer(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  for (const Descriptor& knob :
       configuration.parts(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, most_knobs)) {
    const auto types = knob.values<cudnnBackendKnobType_t>(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1);
    name += fmt::format(" k{}={}", static_cast<int>(types.at(0)), knob.integer(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
  }
  return name;
}

}  // namespace

PlanningDevice::PlanningDevice(const std::string& properties)
    : properties_(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, "a device described by its properties") {
  properties_.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, properties).finalize();
}

void PlanningDevice::name_to(Descriptor& descriptor, cudnnBackendDescriptorType_t type) const {
  // With a handle, a heuristic knows the device by its graph.
  if (type == CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR && handle_ != nullptr)
    descriptor.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle_);
  if (type == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR && handle_ == nullptr)
    descriptor.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, properties_);
  if (type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
    if (handle_ != nullptr)
      descriptor.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle_);
    else
      descriptor.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties_);
  }
}

std::vector<PlanChoice> plan_choices(const ConvolutionProblem& problem, const PlanningDevice& device,
                                     Determinism determinism) {
  const Descriptor graph = graph_of(problem, device);
  std::vector<PlanChoice> choices;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    Descriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR, graph.problem());
    heuristic.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph).set(CUDNN_ATTR_ENGINEHEUR_MODE, mode);
    device.name_to(heuristic, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    if (heuristic.try_finalize() != CUDNN_STATUS_SUCCESS) continue;  // Nothing for this problem in this mode.
    for (Descriptor& configuration :
         heuristic.parts(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, most_engines)) {
      const std::vector<Descriptor> engine =
          configuration.parts(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
      if (!admissible(problem, engine.at(0), determinism)) continue;
      const std::string name = name_of_choice(configuration, engine.at(0));
      const bool known = std::any_of(choices.begin(), choices.end(), [&](const auto& c) { return c.name == name; });
      if (!known) choices.push_back({name, std::move(configuration)});
    }
  }
  return choices;
}

std::vector<Plan> make_plans(std::span<const PlanChoice> choices, const PlanningDevice& device, std::size_t most) {
  std::vector<Plan> plans;
  for (const PlanChoice& choice : choices) {
    if (plans.size() == most) break;
    Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, choice.configuration.problem());
    device.name_to(plan, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, choice.configuration);
    if (plan.try_finalize() != CUDNN_STATUS_SUCCESS) continue;  // The guess was wrong: cuDNN cannot do it so.
    const auto workspace = static_cast<std::size_t>(plan.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
    plans.push_back({choice.name, std::move(plan), workspace});
  }
  return plans;
}

}  // namespace kernels::cuda::library
