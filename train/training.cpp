// SPDX-License-Identifier: Apache-2.0
#include "train/training.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <utility>

#include "datasets/image_io.h"
#include "datasets/open.h"
#include "engine/autograd.h"
#include "engine/formats/atomic_file.h"
#include "engine/nn/weights.h"
#include "engine/optim/clip.h"
#include "engine/optim/moving_average.h"
#include "kernels/error.h"
#include "train/batch_feed.h"
#include "train/charts.h"
#include "train/evaluation.h"
#include "train/interrupt.h"
#include "train/metrics_log.h"
#include "train/model_card.h"
#include "train/output_folder.h"
#include "train/pictures.h"
#include "train/program.h"
#include "train/progress.h"
#include "train/recipes.h"
#include "train/run_state.h"

namespace train {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

datasets::AugmentationOptions augmentation_of(const TrainingOptions& options) {
  datasets::AugmentationOptions how = datasets::without_augmentation(options.size);
  how.pair_filter = options.pair_filter;
  if (options.augmentation != Augmentation::none) how.flip_probability = 0.5;
  if (options.augmentation == Augmentation::flip_and_crop) how.crop_fraction = 0.1;
  return how;
}

std::unique_ptr<datasets::Dataset> open_split(const TrainingOptions& options, const std::string& split) {
  return datasets::open_dataset(
      options.dataset,
      {.directory = options.data, .split = split, .seed = options.seed, .settings = options.dataset_settings});
}

// One run of the recipe over its folder.
class TrainingRun {
 public:
  TrainingRun(const TrainingOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute)
      : options_(options),
        queue_(queue),
        compute_(compute),
        training_(open_split(options, options.train_split)),
        validation_(options.validate ? open_split(options, options.validation_split) : nullptr),
        feed_(*training_, queue,
              {.loader = {.batch_size = options.batch,
                          .workers = options.workers,
                          .order = options.order,
                          .remainder = datasets::Remainder::keep,
                          .seed = options.seed,
                          .augmentation = augmentation_of(options),
                          .normalisation = options.normalisation},
               .compute = compute}),
        recipe_(open()),
        factor_(rate_factor(options.rate, length_in_epochs())),
        checkpoints_(options.out) {
    for (const engine::Optimizer* optimizer : recipe_->optimizers()) first_rates_.push_back(optimizer->rate());
    if (options.moving_average > 0)
      average_ = std::make_unique<engine::MovingAverage>(averaged_tensors(),
                                                         engine::MovingAverageOptions{.decay = options.moving_average});
    const RecipeOptions common = common_options();
    const ModelCard card{common.model, common.network, training_->classes(), common.ignored_label,
                         options.normalisation};
    identity_ = {options.seed,
                 queue->threads(),
                 {{"network", to_json(card)}, {"dataset", options.dataset}, {"flags", options.configuration_text}}};
  }

  void run() {
    start();
    options_.profile.start(*queue_);
    while (position_.epoch < options_.epochs && !finished()) epoch();
    spdlog::info("done: {} steps, best validation mean IoU {}", position_.step,
                 position_.best_mean_iou < 0 ? "none" : fmt::format("{:.4f}", position_.best_mean_iou));
    spdlog::info("{}", peak_memory_text(*queue_));
    options_.profile.finish(*queue_, options_.out);
  }

 private:
  RecipeOptions common_options() const {
    RecipeOptions common = options_.common;
    common.network.classes = static_cast<int>(training_->classes().size());
    if (!common.ignored_label) common.ignored_label = training_->ignored_label();
    return common;
  }

  std::unique_ptr<Recipe> open() const {
    Settings settings(options_.recipe_settings);
    return open_recipe(options_.recipe, common_options(), settings, queue_, options_.seed);
  }

  // Parameters and running statistics, so that the averages are a network that can be evaluated.
  std::vector<engine::NamedTensor> averaged_tensors() const {
    std::vector<engine::NamedTensor> tensors;
    for (const engine::nn::StateEntry& entry : recipe_->state().entries())
      if (entry.tensor) tensors.push_back({entry.name, entry.tensor});
    return tensors;
  }

  double length_in_epochs() const {
    const double steps_per_epoch = std::ceil(static_cast<double>(feed_.batches()) / options_.accumulate);
    const double asked = options_.epochs;
    return options_.steps > 0 ? std::min(asked, static_cast<double>(options_.steps) / steps_per_epoch) : asked;
  }

  // The factor on the first rates after `batch` batches of this epoch.
  double factor_at(int batch) const { return factor_(position_.epoch + static_cast<double>(batch) / feed_.batches()); }

  bool finished() const { return options_.steps > 0 && position_.step >= options_.steps; }

  void start() {
    const std::filesystem::path metrics = options_.out / "metrics.jsonl", losses = options_.out / "losses.jsonl";
    if (options_.resume && (!options_.resume_path.empty() || std::filesystem::exists(checkpoints_.last()))) {
      const std::filesystem::path from = options_.resume_path.empty() ? checkpoints_.last() : options_.resume_path;
      position_ = resume_from(from, *recipe_, identity_, average_.get());
      checkpoints_.create();
      metrics_ = std::make_unique<MetricsLog>(MetricsLog::resume(metrics, "epoch", position_.epoch));
      losses_ = std::make_unique<MetricsLog>(MetricsLog::resume(losses, "step", position_.step));
      spdlog::info("resumed from {}: epoch {}, step {}", from.string(), position_.epoch + 1, position_.step);
      return;
    }
    if (std::filesystem::exists(checkpoints_.last()))
      throw kernels::UsageError("--out {}: holds a run already; continue it with --resume or choose another folder",
                                options_.out.string());
    if (!options_.init.empty()) engine::nn::load_weights(recipe_->state(), options_.init);
    // From here on something is written.
    open_output_folder(options_.out, options_.configuration_text);
    engine::write_file(options_.out / "versions.txt", version_text() + "\n");
    std::filesystem::remove(metrics);
    std::filesystem::remove(losses);
    metrics_ = std::make_unique<MetricsLog>(metrics);
    losses_ = std::make_unique<MetricsLog>(losses);
  }

  void epoch() {
    const auto begin = Clock::now();
    const double waited_before = feed_.waited_seconds();
    const double rate = first_rates_[0] * factor_at(0);
    const int first = position_.batch;
    Progress progress(progress_options_for_stderr(fmt::format("epoch {}/{}", position_.epoch + 1, options_.epochs),
                                                  feed_.batches() - first),
                      std::cerr);
    int images = 0;
    feed_.begin_epoch(position_.epoch, first);
    double waited = waited_before;
    while (const std::optional<Batch> batch = finished() ? std::nullopt : feed_.next()) {
      const double loss = step(*batch);
      const int count = feed_.host().n;
      images += count;
      progress.advance({.images = count,
                        .data_wait_seconds = feed_.waited_seconds() - std::exchange(waited, feed_.waited_seconds()),
                        .status = fmt::format("loss {:.4f}", loss)});
      // Gradients of half-done steps are in no checkpoint.
      if (position_.batch % options_.accumulate != 0) continue;
      if (interrupt_requested()) {
        progress.finish();
        save();
        throw Interrupted("interrupted; continue with --resume");
      }
      if (options_.checkpoint_every > 0 && position_.step % options_.checkpoint_every == 0) save();
    }
    progress.finish();
    const double seconds = seconds_since(begin);
    nlohmann::ordered_json line{{"epoch", position_.epoch + 1},
                                {"step", position_.step},
                                {"rate", rate},
                                {"train_loss", position_.loss_sum / std::max(1, position_.batch)},
                                {"seconds", seconds},
                                {"images_per_second", images / seconds},
                                {"data_wait", (feed_.waited_seconds() - waited_before) / seconds}};
    ++position_.epoch;
    position_.batch = 0;
    position_.loss_sum = 0;
    validate(line);
    metrics_->append(line);
    save();
    draw_curves();
  }

  // One optimizer step, or one micro-batch of it.
  double step(const Batch& batch) {
    const Losses losses =
        recipe_->differentiate(batch, {.mode = engine::nn::Mode::train, .scale = 1.0 / options_.accumulate});
    feed_.prefetch();
    const double loss = engine::read_scalar(losses.back().second);
    if (!std::isfinite(loss)) explain_loss(batch, loss);
    ++position_.batch;
    if (position_.batch % options_.accumulate == 0 || position_.batch == feed_.batches()) {
      update((position_.batch - 1) / options_.accumulate * options_.accumulate);
      ++position_.step;
      losses_->append({{"step", position_.step}, {"loss", loss}});
    }
    position_.loss_sum += loss;
    return loss;
  }

  // An optimizer step at the rate of the time when its first batch, `first`, began.
  void update(int first) {
    const std::vector<engine::Optimizer*> optimizers = recipe_->optimizers();
    for (std::size_t i = 0; i < optimizers.size(); ++i) optimizers[i]->set_rate(first_rates_[i] * factor_at(first));
    if (options_.clip_norm > 0) engine::clip_gradient_norm(recipe_->state().parameters(), options_.clip_norm);
    recipe_->update();
    if (average_) average_->update();
  }

  // A loss that is not a number: runs the batch again with every op watched, so that the first bad one is named.
  [[noreturn]] void explain_loss(const Batch& batch, double loss) {
    std::string names;
    for (const std::string& name : batch.names) names += (names.empty() ? "" : ", ") + name;
    try {
      const engine::OpObserver watch(engine::finite_check());
      recipe_->differentiate(batch, {.mode = engine::nn::Mode::frozen_batch_norm});
    } catch (const kernels::Error&) {
      std::throw_with_nested(kernels::Error("step {}: the loss is {}; batch: {}; {} is intact", position_.step + 1,
                                            loss, names, checkpoints_.last().string()));
    }
    throw kernels::Error("step {}: the loss is {}; batch: {}; {} is intact", position_.step + 1, loss, names,
                         checkpoints_.last().string());
  }

  void validate(nlohmann::ordered_json& line) {
    if (!validation_) return;
    const RecipeOptions common = common_options();
    const auto show = [&](const datasets::HostBatch& batch, const std::vector<datasets::LabelMap>& predictions) {
      draw_sample(batch.indices[0], predictions[0]);
    };
    // From here to the end of this function the network has its averaged weights, also where it is saved as the best.
    const auto averaged = average_ ? std::make_unique<engine::MovingAverage::SwappedIn>(*average_) : nullptr;
    const Evaluation result = evaluate(recipe_->model(), *validation_, queue_, compute_,
                                       {.workers = options_.workers,
                                        .normalisation = options_.normalisation,
                                        .ignored_label = common.ignored_label,
                                        .classes = common.network.classes,
                                        .listener = show,
                                        .shown = 3});
    const Scores mean = result.all.mean(MeanConvention::nan_as_zero);
    line["val_miou"] = mean.iou.value_or(0);
    line["val_macc"] = mean.accuracy.value_or(0);
    line["val_miou_nan_skipped"] = result.all.mean(MeanConvention::nan_skipped).iou.value_or(0);
    spdlog::info("epoch {}: train loss {:.4f}, validation mean IoU {:.4f}", position_.epoch,
                 line["train_loss"].get<double>(), mean.iou.value_or(0));
    if (mean.iou.value_or(0) <= position_.best_mean_iou) return;
    position_.best_mean_iou = mean.iou.value_or(0);
    checkpoints_.save_best(checkpoint_of(*recipe_, position_, identity_, average_.get()));
  }

  void draw_sample(int index, const datasets::LabelMap& prediction) {
    const datasets::Sample sample = validation_->load(index);
    const std::filesystem::path folder = options_.out / "samples";
    std::filesystem::create_directories(folder);
    datasets::write_png(folder / fmt::format("epoch{:03}_{}.png", position_.epoch, sample.name),
                        sheet({.title = fmt::format("{} after epoch {}", sample.name, position_.epoch),
                               .rgb = sample.rgb,
                               .thermal = sample.thermal,
                               .truth = sample.label,
                               .prediction = prediction,
                               .classes = validation_->classes()}));
  }

  void draw_curves() const {
    Curve loss{"training loss", {}, {}}, iou{"validation mean IoU", {}, {}};
    for (const auto& line : read_metrics(options_.out / "metrics.jsonl")) {
      loss.x.push_back(line.at("epoch").get<double>());
      loss.y.push_back(line.at("train_loss").get<double>());
      if (!line.contains("val_miou")) continue;
      iou.x.push_back(line.at("epoch").get<double>());
      iou.y.push_back(line.at("val_miou").get<double>());
    }
    std::vector<datasets::Image8> charts{
        chart({.title = "training loss", .x_label = "epoch", .y_label = "cross entropy", .curves = {loss}})};
    if (!iou.x.empty())
      charts.push_back(chart({.title = "validation", .x_label = "epoch", .y_label = "mean IoU", .curves = {iou}}));
    datasets::write_png(options_.out / "curves.png", side_by_side(charts));
  }

  void save() { checkpoints_.save_last(checkpoint_of(*recipe_, position_, identity_, average_.get())); }

  const TrainingOptions& options_;
  std::shared_ptr<kernels::Queue> queue_;
  kernels::DType compute_;
  std::unique_ptr<datasets::Dataset> training_, validation_;
  BatchFeed feed_;
  std::unique_ptr<Recipe> recipe_;
  std::vector<double> first_rates_;  // Of the recipe's optimizers.
  engine::Schedule factor_;
  std::unique_ptr<engine::MovingAverage> average_;
  engine::CheckpointFolder checkpoints_;
  RunIdentity identity_;
  RunPosition position_;
  std::unique_ptr<MetricsLog> metrics_, losses_;  // Per epoch, per step.
};

}  // namespace

void run_training(const TrainingOptions& options, const std::shared_ptr<kernels::Queue>& queue,
                  kernels::DType compute) {
  if (options.batch < 1 || options.accumulate < 1)
    throw kernels::UsageError("--batch {}, --accumulate {}: expected at least 1", options.batch, options.accumulate);
  if (options.epochs < 1) throw kernels::UsageError("--epochs {}: expected at least 1", options.epochs);
  if (options.steps < 0) throw kernels::UsageError("--steps {}: expected at least 0", options.steps);
  if (options.checkpoint_every < 0)
    throw kernels::UsageError("--checkpoint-every {}: expected at least 0", options.checkpoint_every);
  if (!(options.clip_norm >= 0)) throw kernels::UsageError("--clip-norm {}: expected at least 0", options.clip_norm);
  if (!(options.moving_average >= 0 && options.moving_average < 1))
    throw kernels::UsageError("--ema {}: expected a decay from 0 to below 1", options.moving_average);
  if (options.moving_average > 0 && !options.validate)
    throw kernels::UsageError("--ema {}: the averages become best.safetensors by validation; leave out --no-validation",
                              options.moving_average);
  TrainingOptions resolved = options;
  if (options.thermal_scale_of_dataset) {
    datasets::ThermalNormalisation& thermal = resolved.normalisation.thermal;
    thermal = open_split(options, options.train_split)->thermal_normalisation();
    if (thermal.scale == datasets::ThermalScale::window)
      spdlog::info("thermal counts {} to {} become 0 to 1, as the data set says", thermal.low, thermal.high);
  }
  datasets::require_sense(resolved.normalisation.thermal);
  listen_for_interrupts();
  TrainingRun(resolved, queue, compute).run();
}

}  // namespace train
