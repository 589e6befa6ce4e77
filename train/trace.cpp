// SPDX-License-Identifier: Apache-2.0
#include "train/trace.h"

#include <cmath>
#include <tuple>

#include "engine/autograd.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "train/network.h"
#include "train/recipes.h"
#include "train/trace_output.h"

namespace train {

namespace {

using engine::Tensor;
using engine::nn::Mode;
using engine::nn::StateEntry;

Mode parse_mode(const std::string& text) {
  if (text == "eval") return Mode::evaluate;
  if (text == "train") return Mode::train;
  if (text == "frozen_bn") return Mode::frozen_batch_norm;
  throw kernels::UsageError("--mode {}: expected eval, train or frozen_bn", text);
}

// The tensors of --inputs; step<k>/NAME overrides NAME from step k on.
class TraceInputs {
 public:
  TraceInputs(const std::filesystem::path& path, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute)
      : file_(engine::SafetensorsFile::open(path)), queue_(queue), compute_(compute) {
    for (const std::string& name : file_.names()) {
      const std::string plain = name.substr(name.rfind('/') + 1);
      if (plain != "rgb" && plain != "thermal" && plain != "labels" && plain != "edges")
        throw kernels::DataError(
            "{}: unexpected input '{}'; expected rgb, thermal, labels, edges, or step<k>/ before one of them",
            path.string(), name);
    }
  }

  Batch at(int step) const {
    return {find("rgb", step), find("thermal", step), find("labels", step), {}, find("edges", step)};
  }

  // Of the images, for networks that are made for one; `otherwise` where there are none.
  kernels::Size2 size(kernels::Size2 otherwise) const {
    for (const char* name : {"thermal", "rgb"})
      if (const engine::TensorRecord* record = file_.find(name); record != nullptr && record->shape.size() == 4)
        return {static_cast<int>(record->shape[2]), static_cast<int>(record->shape[3])};
    return otherwise;
  }

 private:
  Tensor find(const std::string& name, int step) const {
    const engine::TensorRecord* record = file_.find(name);
    for (int k = 1; k <= step; ++k)
      if (const auto* later = file_.find("step" + std::to_string(k) + "/" + name)) record = later;
    if (record == nullptr) return {};
    const kernels::Shape shape = kernels::Shape::from(record->shape);
    if (name == "labels" || name == "edges") {
      if (shape.rank() != 3)
        throw kernels::DataError("{}: {} must be [n, h, w], got {}", file_.path().string(), name, shape);
      const std::vector<std::int64_t> values = engine::to_i64(*record);
      const kernels::DType dtype = name == "labels" ? kernels::DType::i64 : kernels::DType::u8;
      return engine::from_host(std::span<const std::int64_t>(values), shape, dtype, queue_);
    }
    if (shape.rank() != 4)
      throw kernels::DataError("{}: {} must be [n, c, h, w], got {}", file_.path().string(), name, shape);
    const std::vector<double> values = engine::to_f64(*record);
    return engine::from_host(std::span<const double>(values), shape, compute_, queue_);
  }

  engine::SafetensorsFile file_;
  std::shared_ptr<kernels::Queue> queue_;
  kernels::DType compute_;
};

// What a listener is told, as it is written: results of a network stand by themselves, with the pass behind them
// (logits, logits.teacher, edge_map), the rest below `feature.` (feature.f5, feature.teacher.f5).
std::string written_name(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
  for (const char* result : {"logits", "edge_map", "delta", "pseudo_label"})
    if (last == result) return dot == std::string::npos ? name : last + "." + name.substr(0, dot);
  return "feature." + name;
}

double norm_of(const Tensor& tensor) {
  double sum = 0;
  for (const double value : engine::download(tensor)) sum += value * value;
  return std::sqrt(sum);
}

void trace_network(const TraceOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  const Mode mode = parse_mode(options.mode);
  Settings settings(options.settings);
  settings.number("dropout", 0);  // These networks have none.
  models::ModelOptions shape = options.network;
  shape.edge_position = settings.word("edge_position", shape.edge_position);
  shape.lambda = settings.number("lambda", shape.lambda);
  settings.finish();
  const TraceInputs inputs(options.inputs, queue, compute);
  shape.size = inputs.size(shape.size);
  const auto network = open_network(options.model, shape, queue);
  engine::nn::load_weights(network->store, options.weights);
  const Batch batch = inputs.at(0);
  TraceOutput out(options.only);
  const models::Inputs in{batch.rgb, batch.thermal, [&](const std::string& name, const Tensor& value) {
                            out.add(written_name(name), value);
                          }};
  const engine::NoGradient no_gradient;
  out.add("logits", (*network->model)(in, mode));
  out.write(options.out);
}

void write_state(TraceOutput& out, const std::string& step, Recipe& recipe) {
  for (const StateEntry& entry : recipe.state().entries()) {
    if (entry.kind == StateEntry::Kind::parameter) out.add(step + "param." + entry.name, entry.tensor);
    if (entry.kind == StateEntry::Kind::buffer) out.add(step + "buffer." + entry.name, entry.tensor);
    if (entry.kind == StateEntry::Kind::counter) out.add_integer(step + "buffer." + entry.name, *entry.counter);
  }
  for (const engine::Optimizer* optimizer : recipe.optimizers())
    for (const engine::NamedTensor& state : optimizer->state()) out.add(step + "state." + state.name, state.tensor);
}

void trace_recipe(const TraceOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  Settings settings(options.settings);
  settings.number("dropout", 0);
  const TraceInputs inputs(options.inputs, queue, compute);
  RecipeOptions common{.model = options.model, .network = options.network, .teacher = options.teacher};
  common.network.size = inputs.size(common.network.size);
  OptimizerChoice& choice = common.optimizer;
  choice.name = settings.word("optimizer", choice.name);
  choice.rate = settings.number("lr", choice.rate);
  choice.momentum = settings.number("momentum", choice.momentum);
  choice.weight_decay = settings.number("weight_decay", choice.weight_decay);
  const std::string weights = settings.word("class_weights", "");
  if (!weights.empty()) common.class_weights = parse_numbers("--set class_weights", weights);
  const std::unique_ptr<Recipe> opened = open_recipe(options.recipe, common, settings, queue, 0);
  Recipe& recipe = *opened;
  recipe.initialise(options.weights);
  TraceOutput out(options.only);
  for (int k = 1; k <= options.steps; ++k) {
    const std::string step = "step" + std::to_string(k) + ".";
    const Batch batch = inputs.at(k);
    for (const auto& [wanted, tensor, name] : {std::tuple{recipe.uses_labels(), batch.labels, "labels"},
                                               std::tuple{recipe.edges().has_value(), batch.edges, "edges"}})
      if (wanted && !tensor)
        throw kernels::DataError("{}: recipe {} needs {}", options.inputs.string(), options.recipe, name);
    const auto listen = [&](const std::string& name, const Tensor& value) {
      out.add(step + written_name(name), value);
    };
    const Losses losses =
        recipe.differentiate(batch, {.mode = parse_mode(options.mode), .scale = 1, .listener = listen});
    for (const auto& [name, value] : losses) out.add(step + "loss." + name, value);
    for (const engine::NamedTensor& parameter : recipe.state().parameters()) {
      if (!parameter.tensor.grad()) continue;
      out.add(step + "grad." + parameter.name, parameter.tensor.grad());
      const std::string norm = step + "grad_norm." + parameter.name;
      if (out.wanted(norm)) out.add_scalar(norm, norm_of(parameter.tensor.grad()), engine::master_dtype(*queue));
    }
    recipe.update();
    write_state(out, step, recipe);
  }
  out.write(options.out);
}

}  // namespace

void trace(const TraceOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  if (options.recipe.empty() && options.model.empty())
    throw kernels::UsageError("trace: --model or --recipe is required");
  if (options.steps < 1) throw kernels::UsageError("--steps {}: expected at least 1", options.steps);
  options.recipe.empty() ? trace_network(options, queue, compute) : trace_recipe(options, queue, compute);
}

}  // namespace train
