// SPDX-License-Identifier: Apache-2.0
// What a recipe is to training and tracing: networks with their state, and the gradients of one batch.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/labels/edges.h"
#include "engine/nn/parameter_store.h"
#include "engine/optim/optimizer.h"
#include "kernels/range.h"
#include "models/create.h"
#include "models/segmentation_model.h"
#include "train/batch.h"
#include "train/optimizer_choice.h"

namespace train {

// What every recipe is told. What one recipe alone understands, it reads from Settings (train/recipes.cpp).
struct RecipeOptions {
  std::string model = {};  // Empty: the recipe's own (resolve_options in train/recipes.h).
  models::ModelOptions network = {};
  OptimizerChoice optimizer = {};
  std::vector<double> class_weights = {};  // None: all 1.
  std::optional<int> ignored_label = {};
  std::filesystem::path teacher = {};  // Weights of a network that a recipe learns from.
  // Without a file: an error; a teacher with random weights, to time steps; none, where nothing will be trained.
  enum class WithoutTeacher { refused, random, absent } without_teacher = WithoutTeacher::refused;
};

// [classes] in the master type, or no tensor where the options have none. Throws UsageError for another number of them.
engine::Tensor class_weights_on(const std::shared_ptr<kernels::Queue>& queue, const RecipeOptions& options);

// Loss terms by name, rank-0 tensors; "total" is the one that was differentiated. Reading them waits for the device.
using Losses = std::vector<std::pair<std::string, engine::Tensor>>;

struct StepContext {
  engine::nn::Mode mode = engine::nn::Mode::train;
  double scale = 1;  // On the gradient: 1 / N for N accumulated micro-batches.
  models::FeatureListener listener = {};
};

class Recipe {
 public:
  virtual ~Recipe() = default;
  // The joint state of every network that the recipe trains, and the optimizers that change it.
  virtual engine::nn::ParameterStore& state() = 0;
  virtual std::vector<engine::Optimizer*> optimizers() = 0;
  // The network that evaluation and prediction use.
  virtual const models::SegmentationModel& model() const = 0;
  // The edges of labels that batches must have; nothing where they need none.
  virtual std::optional<datasets::labels::EdgeOptions> edges() const { return {}; }
  // Whether it learns from labels.
  virtual bool uses_labels() const { return true; }
  // Weights to start from, of a file of either format. Throws CheckpointError where they do not fit.
  virtual void initialise(const std::filesystem::path& weights);
  // Forward and backward of one batch: gradients are added to the parameters. The listener also gets "logits".
  virtual Losses differentiate(const Batch& batch, const StepContext& context) = 0;
  // The steps of the optimizers on the gradients, which are cleared.
  void update() {
    const kernels::Range range(*state().queue(), {.name = "update"});
    for (engine::Optimizer* optimizer : optimizers()) {
      optimizer->step();
      optimizer->zero_gradients();
    }
  }
};

}  // namespace train
