// SPDX-License-Identifier: Apache-2.0
// train: from a data set to a network.
#include <fmt/ranges.h>

#include "datasets/open.h"
#include "train/command_table.h"
#include "train/interrupt.h"
#include "train/log.h"
#include "train/program.h"
#include "train/recipes.h"
#include "train/training.h"

namespace {

struct Flags {
  train::TrainingOptions options;
  train::DeviceFlags device;
  std::string size, class_weights, resume, augmentation, last_batch, filter = "nearest", thermal_scale;
  std::vector<std::string> dataset_settings;
  std::optional<int> batch;
  bool no_validation = false, sequential = false, quiet = false;
  CLI::Option *resume_option = nullptr, *model_option = nullptr, *batch_option = nullptr, *last_batch_option = nullptr,
              *augmentation_option = nullptr;

  void add_to(CLI::App& app) {
    train::RecipeOptions& common = options.common;
    using train::propose;
    propose(app.add_option("--recipe", options.recipe, fmt::format("{}", fmt::join(train::recipe_names(), ", ")))
                ->capture_default_str(),
            train::recipe_names());
    app.add_option("--set", options.recipe_settings, "KEY=VALUE setting of the recipe");
    model_option = app.add_option("--model", common.model,
                                  "Network: mfnet, rtfnet18, ..., cenet, each also _rgb, _thermal, _4channel; eknet, "
                                  "kdnet. Default: the recipe's (supervised: mfnet)");
    propose(model_option, models::model_names());
    app.add_option("--teacher", common.teacher, "Weights of the frozen teacher of cekd_student")
        ->check(CLI::ExistingFile);
    app.add_option("--width", common.network.width, "Factor on the network's inner channels")->capture_default_str();
    propose(app.add_option("--dataset", options.dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", ")))
                ->capture_default_str(),
            datasets::dataset_names());
    app.add_option("--data", options.data, "Folder of the data set; of folder: its TOML file")->type_name("PATH");
    app.add_option("--dataset-set", dataset_settings,
                   "KEY=VALUE setting of the data set (synthetic: day, night, height, width, ...)");
    app.add_option("--train-split", options.train_split, "List to train on")->capture_default_str();
    app.add_option("--validation-split", options.validation_split, "List to validate on")->capture_default_str();
    app.add_flag("--no-validation", no_validation, "Train without validating");
    app.add_option("--out", options.out, "Run folder")->required()->type_name("DIR");
    app.add_option("--epochs", options.epochs, "Passes over the training list")->capture_default_str();
    app.add_option("--steps", options.steps, "End after so many optimizer steps; 0: after the epochs")
        ->capture_default_str();
    app.add_option("--patience", options.patience,
                   "End after so many epochs without a better validation mean IoU; 0: never")
        ->capture_default_str();
    app.add_option("--limit-batches", options.limit_batches,
                   "At most so many batches per epoch, and their number of images in validation; 0: all")
        ->capture_default_str();
    app.add_option("--overfit-batches", options.overfit_batches,
                   "Learn the first so many batches of the list by heart: no augmentation, no shuffling, validation on "
                   "them; 0: no")
        ->capture_default_str();
    batch_option = app.add_option("--batch", batch, "Images per forward pass; default: 4, of CEKD's recipes 2");
    last_batch_option =
        app.add_option("--last-batch", last_batch,
                       "keep or drop the images at an epoch's end that fill no batch; default: keep, of cekd_student "
                       "drop");
    propose(last_batch_option, {"keep", "drop"});
    app.add_option("--accumulate", options.accumulate, "Forward passes per optimizer step")->capture_default_str();
    propose(app.add_option("--optimizer", common.optimizer.name, "sgd, adam, adamw or rmsprop")->capture_default_str(),
            {"sgd", "adam", "adamw", "rmsprop"});
    app.add_option("--rate", common.optimizer.rate, "Learning rate of the first epoch")->capture_default_str();
    propose(app.add_option("--schedule", options.rate.schedule, "Of the learning rate: exponential, step or polynomial")
                ->capture_default_str(),
            {"exponential", "step", "polynomial"});
    app.add_option("--decay", options.rate.decay, "Factor on the rate after every epoch; with step: every milestone")
        ->capture_default_str();
    app.add_option("--milestones", options.rate.milestones,
                   "Epochs at which the rate of step falls, with commas between")
        ->delimiter(',');
    app.add_option("--power", options.rate.power, "Of polynomial: (1 - time / epochs)^power, after every step")
        ->capture_default_str();
    app.add_option("--warm-up", options.rate.warm_up, "Epochs over which the rate first grows from a hundredth")
        ->capture_default_str();
    app.add_option("--clip-norm", options.clip_norm, "Largest norm of all gradients together; 0: any")
        ->capture_default_str();
    app.add_option("--ema", options.moving_average,
                   "Decay of averaged weights, which validation and best.safetensors use; 0: none")
        ->capture_default_str();
    app.add_option("--momentum", common.optimizer.momentum, "Of sgd and rmsprop")->capture_default_str();
    app.add_option("--weight-decay", common.optimizer.weight_decay, "Of every parameter")->capture_default_str();
    app.add_option("--class-weights", class_weights, "One weight per class, with commas between");
    augmentation_option = app.add_option("--augmentation", augmentation,
                                         "none, flip or flip_and_crop; default: flip_and_crop, of CEKD's recipes none");
    propose(augmentation_option, {"none", "flip", "flip_and_crop"});
    propose(
        app.add_option("--filter", filter, "Resizing of images: nearest, premultiplied_bicubic, bicubic or bilinear")
            ->capture_default_str(),
        {"nearest", "premultiplied_bicubic", "bicubic", "bilinear"});
    app.add_option("--size", size, "Height x width that images are resized to; default: as they come");
    app.add_flag("--sequential", sequential, "Take samples in the order of the list");
    propose(app.add_option("--thermal-scale", thermal_scale,
                           "full_range, window, min_max, percentile or standardise; default: what the data set says"),
            {"full_range", "window", "min_max", "percentile", "standardise"});
    app.add_option("--thermal-low", options.normalisation.thermal.low,
                   "Lower count of window, or per cent of percentile");
    app.add_option("--thermal-high", options.normalisation.thermal.high,
                   "Upper count of window, or per cent of percentile");
    app.add_option("--seed", options.seed, "Of weights, order and augmentation")->capture_default_str();
    app.add_option("--workers", options.workers, "Threads that read images")->capture_default_str();
    app.add_option("--init", options.init, "Weights to start from (safetensors, or a PyTorch checkpoint)")
        ->check(CLI::ExistingFile);
    resume_option = app.add_option("--resume", resume, "Continue the run in --out, or from this checkpoint")
                        ->type_name("FILE")
                        ->expected(0, 1)
                        ->configurable(false);
    app.add_option("--checkpoint-every", options.checkpoint_every,
                   "Steps between checkpoints inside an epoch; 0: at its end")
        ->capture_default_str();
    app.add_option("--keep", options.keep,
                   "Checkpoints of the last so many epochs stay, beside last, previous and best")
        ->capture_default_str();
    app.add_option("--samples", options.samples,
                   "Validation images whose predictions are drawn into OUT/samples after every epoch")
        ->capture_default_str();
    app.add_flag("--tensorboard", options.tensorboard, "Also write OUT/tensorboard, for TensorBoard");
    app.add_flag("--quiet", quiet, "Warnings and errors only");
    device.add_to(app);
    options.profile.add_to(app);
    app.footer(
        "Exit codes: 0 done, 1 failure, 2 usage, 3 data or files (a full disk too), 4 checkpoint, 5 device or memory, "
        "130 interrupted (continue with --resume).");
  }

  // What is not given is the recipe's, and is saved with the flags.
  void follow_protocol(const train::Protocol& protocol) {
    options.batch = batch.value_or(protocol.batch);
    if (augmentation.empty()) augmentation = protocol.augmentation;
    if (last_batch.empty()) last_batch = protocol.last_batch;
    if (options.common.model.empty()) options.common.model = protocol.model;
    batch_option->default_str(std::to_string(options.batch));
    augmentation_option->default_str(augmentation);
    last_batch_option->default_str(last_batch);
    model_option->default_str(options.common.model);
  }

  void resolve(const CLI::App& app) {
    follow_protocol(train::protocol_of(options.recipe));
    if (augmentation == "none")
      options.augmentation = train::Augmentation::none;
    else if (augmentation == "flip")
      options.augmentation = train::Augmentation::flip;
    else if (augmentation != "flip_and_crop")
      throw kernels::UsageError("--augmentation {}: expected none, flip or flip_and_crop", augmentation);
    if (last_batch == "drop")
      options.remainder = datasets::Remainder::drop;
    else if (last_batch != "keep")
      throw kernels::UsageError("--last-batch {}: expected keep or drop", last_batch);
    if (filter == "premultiplied_bicubic")
      options.pair_filter = datasets::PairFilter::premultiplied_bicubic;
    else if (filter == "bicubic")
      options.pair_filter = datasets::PairFilter::bicubic;
    else if (filter == "bilinear")
      options.pair_filter = datasets::PairFilter::bilinear;
    else if (filter != "nearest")
      throw kernels::UsageError("--filter {}: expected nearest, premultiplied_bicubic, bicubic or bilinear", filter);
    if (!size.empty()) options.size = train::parse_size(size);
    if (!class_weights.empty()) options.common.class_weights = train::parse_numbers("--class-weights", class_weights);
    options.thermal_scale_of_dataset = thermal_scale.empty();
    if (!thermal_scale.empty()) options.normalisation.thermal.scale = datasets::thermal_scale(thermal_scale);
    options.dataset_settings = train::parse_pairs("--dataset-set", dataset_settings);
    options.validate = !no_validation;
    if (sequential) options.order = datasets::Order::sequential;
    options.resume = resume_option->count() > 0;
    options.resume_path = resume;
    options.configuration_text = train::resolved_flags(app);
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains an RGB-thermal segmentation network.", "train");
  Flags flags;
  flags.add_to(app);
  return train::run_program(app, argc, argv, [&] {
    train::setup_log(flags.quiet ? train::Verbosity::quiet : train::Verbosity::normal);
    train::listen_for_interrupts();
    flags.resolve(app);
    flags.options.command = train::command_line(argc, argv);
    const auto queue = flags.device.open();
    train::run_training(flags.options, queue, flags.device.compute_dtype(*queue));
  });
}
