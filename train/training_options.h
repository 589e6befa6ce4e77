// SPDX-License-Identifier: Apache-2.0
// Everything that decides a training run, and what follows from it before the run begins.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/loader.h"
#include "datasets/normalisation.h"
#include "datasets/order.h"
#include "datasets/transforms.h"
#include "train/learning_rate.h"
#include "train/profile_report.h"
#include "train/recipe.h"

namespace train {

enum class Augmentation { none, flip, flip_and_crop };

struct TrainingOptions {
  std::string dataset = "mfnet";
  std::filesystem::path data, out;
  std::map<std::string, std::string> dataset_settings;
  std::string train_split = "train", validation_split = "validation";
  std::string recipe = "supervised";
  RecipeOptions common;                      // Classes and the ignored label are the data set's.
  std::vector<std::string> recipe_settings;  // KEY=VALUE that the recipe alone understands.
  RateOptions rate;                          // How the optimizers' rates change over the run.
  double clip_norm = 0;       // Gradients are scaled to this norm together where theirs is larger; 0: never.
  double moving_average = 0;  // Decay of averaged weights, which validation and `best` then use; 0: none.
  int epochs = 100;
  std::int64_t steps = 0;   // Ends after so many optimizer steps; 0: after the epochs.
  int patience = 0;         // Ends after so many epochs without a better validation score; 0: never.
  int limit_batches = 0;    // At most so many batches per epoch, and their number of images in validation; 0: all.
  int overfit_batches = 0;  // The same so many batches in every epoch, unaugmented, and validation on them; 0: no.
  int batch = 4, accumulate = 1, workers = 2;
  std::uint64_t seed = 0;
  Augmentation augmentation = Augmentation::flip_and_crop;
  datasets::PairFilter pair_filter = datasets::PairFilter::nearest;
  datasets::Order order = datasets::Order::shuffled;
  datasets::Remainder remainder = datasets::Remainder::keep;
  kernels::Size2 size = {0, 0};  // Images are resized to it; {0, 0}: as they come.
  datasets::Normalisation normalisation;
  bool thermal_scale_of_dataset = false;  // Instead of normalisation.thermal.
  std::filesystem::path init;             // Weights to start from.
  bool resume = false;                    // From OUT/last.safetensors, or from `resume_path`.
  std::filesystem::path resume_path;
  std::int64_t checkpoint_every = 0;  // Steps between checkpoints inside an epoch; 0: at the end of epochs only.
  int keep = 0;                       // Checkpoints of the last so many epochs stay.
  bool validate = true;
  int samples = 3;  // Validation images whose predictions are drawn after every epoch.
  bool tensorboard = false;
  ProfileFlag profile;
  std::string configuration_text;  // The resolved flags as TOML, saved beside the results.
  std::string command;             // As typed.
};

// Throws UsageError, naming the flag.
void check(const TrainingOptions& options);

std::unique_ptr<datasets::Dataset> open_training_data(const TrainingOptions& options);
// Null where nothing is validated.
std::unique_ptr<datasets::Dataset> open_validation_data(const TrainingOptions& options);
datasets::LoaderOptions training_loader(const TrainingOptions& options);
// Batches per epoch of a list that has `available`.
int batches_per_epoch(const TrainingOptions& options, int available);
// Images of one validation; 0: all.
int validation_limit(const TrainingOptions& options);

}  // namespace train
