// SPDX-License-Identifier: Apache-2.0
#include "train/training_options.h"

#include <algorithm>

#include "datasets/open.h"
#include "kernels/error.h"

namespace train {

namespace {

datasets::AugmentationOptions augmentation_of(const TrainingOptions& options) {
  datasets::AugmentationOptions how = datasets::without_augmentation(options.size);
  how.pair_filter = options.pair_filter;
  if (options.overfit_batches > 0) return how;
  if (options.augmentation != Augmentation::none) how.flip_probability = 0.5;
  if (options.augmentation == Augmentation::flip_and_crop) how.crop_fraction = 0.1;
  return how;
}

std::unique_ptr<datasets::Dataset> open_split(const TrainingOptions& options, const std::string& split) {
  return datasets::open_dataset(
      options.dataset,
      {.directory = options.data, .split = split, .seed = options.seed, .settings = options.dataset_settings});
}

int limit(const TrainingOptions& options) {
  return std::max(options.limit_batches, options.overfit_batches);
}

}  // namespace

void check(const TrainingOptions& options) {
  const auto expect = [](bool right, const char* flag, const auto& value, const char* expected) {
    if (!right) throw kernels::UsageError("{} {}: expected {}", flag, value, expected);
  };
  expect(options.batch >= 1, "--batch", options.batch, "at least 1");
  expect(options.accumulate >= 1, "--accumulate", options.accumulate, "at least 1");
  expect(options.epochs >= 1, "--epochs", options.epochs, "at least 1");
  expect(options.steps >= 0, "--steps", options.steps, "at least 0");
  expect(options.checkpoint_every >= 0, "--checkpoint-every", options.checkpoint_every, "at least 0");
  expect(options.keep >= 0, "--keep", options.keep, "at least 0");
  expect(options.samples >= 0, "--samples", options.samples, "at least 0");
  expect(options.patience >= 0, "--patience", options.patience, "at least 0");
  expect(options.limit_batches >= 0, "--limit-batches", options.limit_batches, "at least 0");
  expect(options.overfit_batches >= 0, "--overfit-batches", options.overfit_batches, "at least 0");
  expect(options.clip_norm >= 0, "--clip-norm", options.clip_norm, "at least 0");
  expect(options.moving_average >= 0 && options.moving_average < 1, "--ema", options.moving_average,
         "a decay from 0 to below 1");
  expect(options.moving_average == 0 || options.validate, "--ema", options.moving_average,
         "validation, by which the averages become best.safetensors; leave out --no-validation");
  expect(options.patience == 0 || options.validate, "--patience", options.patience,
         "validation, whose score it waits for; leave out --no-validation");
  expect(options.limit_batches == 0 || options.overfit_batches == 0, "--overfit-batches", options.overfit_batches,
         "no --limit-batches beside it");
  expect(options.init.empty() || options.resume_path.empty(), "--init", options.init.string(),
         "no --resume from a checkpoint beside it, which has weights of its own");
}

std::unique_ptr<datasets::Dataset> open_training_data(const TrainingOptions& options) {
  return open_split(options, options.train_split);
}

std::unique_ptr<datasets::Dataset> open_validation_data(const TrainingOptions& options) {
  if (!options.validate) return nullptr;
  return open_split(options, options.overfit_batches > 0 ? options.train_split : options.validation_split);
}

datasets::LoaderOptions training_loader(const TrainingOptions& options) {
  return {.batch_size = options.batch,
          .workers = options.workers,
          .order = options.overfit_batches > 0 ? datasets::Order::sequential : options.order,
          .remainder = options.remainder,
          .seed = options.seed,
          .augmentation = augmentation_of(options),
          .normalisation = options.normalisation};
}

int batches_per_epoch(const TrainingOptions& options, int available) {
  return limit(options) > 0 ? std::min(limit(options), available) : available;
}

int validation_limit(const TrainingOptions& options) {
  return limit(options) * options.batch;
}

}  // namespace train
