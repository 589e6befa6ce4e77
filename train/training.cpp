// SPDX-License-Identifier: Apache-2.0
#include "train/training.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <utility>

#include "engine/autograd.h"
#include "engine/optim/clip.h"
#include "engine/optim/moving_average.h"
#include "kernels/error.h"
#include "train/batch_feed.h"
#include "train/evaluation.h"
#include "train/interrupt.h"
#include "train/model_card.h"
#include "train/output_folder.h"
#include "train/pictures.h"
#include "train/program.h"
#include "train/progress.h"
#include "train/recipes.h"
#include "train/run_log.h"
#include "train/run_state.h"

namespace train {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// That a network which is made for one size gets.
kernels::Size2 image_size(const TrainingOptions& options, const datasets::Dataset& dataset) {
  if (options.size != kernels::Size2{0, 0}) return options.size;
  const std::string& model = options.common.model;
  if (!models::made_for_one_size(model.empty() ? protocol_of(options.recipe).model : model))
    return options.common.network.size;
  const datasets::Sample first = dataset.load(0);
  return {first.rgb.height, first.rgb.width};
}

// The loader of a recipe that wants edges of labels, too.
datasets::LoaderOptions loader_of(const TrainingOptions& options, const Recipe& recipe) {
  datasets::LoaderOptions loader = training_loader(options);
  loader.edges = recipe.edges();
  return loader;
}

// One run of the recipe over its folder.
class TrainingRun {
 public:
  TrainingRun(const TrainingOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute)
      : options_(options),
        queue_(queue),
        compute_(compute),
        training_(open_training_data(options)),
        validation_(open_validation_data(options)),
        image_size_(image_size(options, *training_)),
        recipe_(open()),
        feed_(*training_, queue, {.loader = loader_of(options, *recipe_), .compute = compute}),
        batches_(batches_per_epoch(options, feed_.batches())),
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
    if (out_of_patience())
      spdlog::info("ended early: no better validation mean IoU in {} epochs", position_.epoch - position_.best_epoch);
    spdlog::info("done: {} steps, best validation mean IoU {}", position_.step,
                 position_.best_epoch == 0
                     ? "none"
                     : fmt::format("{:.4f} after epoch {}", position_.best_mean_iou, position_.best_epoch));
    spdlog::info("{}", peak_memory_text(*queue_));
    options_.profile.finish(*queue_, options_.out);
  }

 private:
  RecipeOptions common_options() const {
    RecipeOptions common = options_.common;
    common.network.size = image_size_;
    common.network.classes = static_cast<int>(training_->classes().size());
    if (!common.ignored_label) common.ignored_label = training_->ignored_label();
    Settings settings(options_.recipe_settings);
    resolve_options(options_.recipe, common, settings);
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
    const double steps_per_epoch = std::ceil(static_cast<double>(batches_) / options_.accumulate);
    const double asked = options_.epochs;
    return options_.steps > 0 ? std::min(asked, static_cast<double>(options_.steps) / steps_per_epoch) : asked;
  }

  // The factor on the first rates after `batch` batches of this epoch.
  double factor_at(int batch) const { return factor_(position_.epoch + static_cast<double>(batch) / batches_); }

  bool enough_steps() const { return options_.steps > 0 && position_.step >= options_.steps; }
  bool out_of_patience() const {
    return options_.patience > 0 && position_.best_epoch > 0 &&
           position_.epoch - position_.best_epoch >= options_.patience;
  }
  bool finished() const { return enough_steps() || out_of_patience(); }

  // Whatever may refuse the start comes before the first byte that is written.
  void start() {
    const RunStart facts{options_.configuration_text,
                         options_.command,
                         {{"device", to_string(queue_->device())}, {"threads", queue_->threads()}},
                         options_.tensorboard};
    if (options_.resume && (!options_.resume_path.empty() || std::filesystem::exists(checkpoints_.last()))) {
      const std::filesystem::path from = options_.resume_path.empty() ? checkpoints_.last() : options_.resume_path;
      position_ = resume_from(from, *recipe_, identity_, average_.get());
      if (position_.batch > batches_)
        throw kernels::UsageError("--resume {}: is behind batch {} of an epoch, which here has {}", from.string(),
                                  position_.batch, batches_);
      log_ = std::make_unique<RunLog>(RunLog::resume(options_.out, facts, position_.epoch, position_.step));
      spdlog::info("resumed from {}: epoch {}, step {}", from.string(), position_.epoch + 1, position_.step);
      // A kill between the end of an epoch and this.
      if (from == checkpoints_.last() && position_.batch == 0) {
        keep_epoch();
        log_->draw_curves();
      }
      return;
    }
    if (std::filesystem::exists(checkpoints_.last()))
      throw kernels::UsageError("--out {}: holds a run already; continue it with --resume or choose another folder",
                                options_.out.string());
    if (!options_.init.empty()) recipe_->initialise(options_.init);
    log_ = std::make_unique<RunLog>(RunLog::begin(options_.out, facts));
  }

  void epoch() {
    const auto begin = Clock::now();
    const double waited_before = feed_.waited_seconds();
    const double rate = first_rates_[0] * factor_at(0);
    const int first = position_.batch;
    Progress progress(
        progress_options_for_stderr(fmt::format("epoch {}/{}", position_.epoch + 1, options_.epochs), batches_ - first),
        std::cerr);
    int images = 0;
    feed_.begin_epoch(position_.epoch, first);
    double waited = waited_before;
    while (position_.batch < batches_ && !enough_steps()) {
      const std::optional<Batch> batch = feed_.next();
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
        save_and_leave();
      }
      if (options_.checkpoint_every > 0 && position_.step % options_.checkpoint_every == 0) save();
    }
    progress.finish();
    const double seconds = seconds_since(begin);
    const MemoryPeak memory = memory_peak(*queue_);
    finish_epoch({{"epoch", position_.epoch + 1},
                  {"step", position_.step},
                  {"rate", rate},
                  {"train_loss", position_.loss_sum / std::max(1, position_.batch)},
                  {"seconds", seconds},
                  {"images_per_second", images / seconds},
                  {"data_wait", (feed_.waited_seconds() - waited_before) / seconds},
                  {"tensors_peak_mib", std::round(memory.tensors_mib)},
                  {"host_peak_mib", std::round(memory.host_mib)}});
  }

  // Also of an epoch that --steps cut short: then the position stays inside it, and more steps continue there.
  void finish_epoch(nlohmann::ordered_json line) {
    const RunPosition trained = position_;
    if (position_.batch == batches_) {
      ++position_.epoch;
      position_.batch = 0;
      position_.loss_sum = 0;
    }
    try {
      validate(trained.epoch + 1, line);
    } catch (const Interrupted&) {
      position_ = trained;  // The resumed run begins with the validation.
      save_and_leave();
    }
    log_->add_epoch(line);
    save();
    if (position_.batch == 0) keep_epoch();
    log_->draw_curves();
    if (interrupt_requested() && position_.epoch < options_.epochs && !finished()) throw Interrupted(interrupted_text);
  }

  // One optimizer step, or one micro-batch of it.
  double step(const Batch& batch) {
    const Losses losses =
        recipe_->differentiate(batch, {.mode = engine::nn::Mode::train, .scale = 1.0 / options_.accumulate});
    feed_.prefetch();
    const double loss = engine::read_scalar(losses.back().second);
    if (!std::isfinite(loss)) explain_loss(batch, loss);
    ++position_.batch;
    if (position_.batch % options_.accumulate == 0 || position_.batch == batches_) {
      update((position_.batch - 1) / options_.accumulate * options_.accumulate);
      ++position_.step;
      log_->add_step({{"step", position_.step}, {"loss", loss}, {"rate", recipe_->optimizers()[0]->rate()}});
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

  void validate(int epoch, nlohmann::ordered_json& line) {
    if (!validation_) return;
    const RecipeOptions common = common_options();
    const auto show = [&](const datasets::HostBatch& batch, const std::vector<datasets::LabelMap>& predictions) {
      draw_sample(epoch, batch.indices[0], predictions[0]);
    };
    // From here to the end of this function the network has its averaged weights, also where it is saved as the best.
    const auto averaged = average_ ? std::make_unique<engine::MovingAverage::SwappedIn>(*average_) : nullptr;
    const Evaluation result = evaluate(recipe_->model(), *validation_, queue_, compute_,
                                       {.workers = options_.workers,
                                        .normalisation = options_.normalisation,
                                        .ignored_label = common.ignored_label,
                                        .classes = common.network.classes,
                                        .limit = validation_limit(options_),
                                        .listener = show,
                                        .shown = options_.samples,
                                        .before_batch = [] {
                                          if (interrupt_requested()) throw Interrupted(interrupted_text);
                                        }});
    const Scores mean = result.all.mean(MeanConvention::nan_as_zero);
    line["val_miou"] = mean.iou.value_or(0);
    line["val_macc"] = mean.accuracy.value_or(0);
    line["val_miou_nan_skipped"] = result.all.mean(MeanConvention::nan_skipped).iou.value_or(0);
    spdlog::info("epoch {}: train loss {:.4f}, validation mean IoU {:.4f}", epoch, line["train_loss"].get<double>(),
                 mean.iou.value_or(0));
    if (mean.iou.value_or(0) <= position_.best_mean_iou) return;
    position_.best_mean_iou = mean.iou.value_or(0);
    position_.best_epoch = epoch;
    checkpoints_.save_best(checkpoint_of(*recipe_, position_, identity_, average_.get()));
  }

  void draw_sample(int epoch, int index, const datasets::LabelMap& prediction) {
    const datasets::Sample sample = validation_->load(index);
    log_->add_sample(epoch, sample.name,
                     sheet({.title = fmt::format("{} after epoch {}", sample.name, epoch),
                            .rgb = sample.rgb,
                            .thermal = sample.thermal,
                            .truth = sample.label,
                            .prediction = prediction,
                            .classes = validation_->classes()}));
  }

  void save() {
    try {
      checkpoints_.save_last(checkpoint_of(*recipe_, position_, identity_, average_.get()));
    } catch (const kernels::FileError&) {
      const std::filesystem::path last = checkpoints_.last();
      std::throw_with_nested(kernels::FileError(
          "the checkpoint of step {} could not be saved; {}", position_.step,
          std::filesystem::exists(last) ? fmt::format("{} is whole: continue from it with --resume", last.string())
                                        : "there is none of an earlier step"));
    }
  }

  void keep_epoch() const {
    if (options_.keep > 0 && position_.epoch > 0) checkpoints_.keep_epoch(position_.epoch, options_.keep);
  }

  [[noreturn]] void save_and_leave() {
    save();
    throw Interrupted(interrupted_text);
  }

  static constexpr const char* interrupted_text = "interrupted; everything is saved, continue with --resume";

  const TrainingOptions& options_;
  std::shared_ptr<kernels::Queue> queue_;
  kernels::DType compute_;
  std::unique_ptr<datasets::Dataset> training_, validation_;
  kernels::Size2 image_size_;  // Of training images; networks may be made for it.
  std::unique_ptr<Recipe> recipe_;
  BatchFeed feed_;
  int batches_;                      // Of an epoch.
  std::vector<double> first_rates_;  // Of the recipe's optimizers.
  engine::Schedule factor_;
  std::unique_ptr<engine::MovingAverage> average_;
  engine::CheckpointFolder checkpoints_;
  RunIdentity identity_;
  RunPosition position_;
  std::unique_ptr<RunLog> log_;
};

}  // namespace

void run_training(const TrainingOptions& options, const std::shared_ptr<kernels::Queue>& queue,
                  kernels::DType compute) {
  check(options);
  TrainingOptions resolved = options;
  if (options.thermal_scale_of_dataset) {
    datasets::ThermalNormalisation& thermal = resolved.normalisation.thermal;
    thermal = open_training_data(options)->thermal_normalisation();
    if (thermal.scale == datasets::ThermalScale::window)
      spdlog::info("thermal counts {} to {} become 0 to 1, as the data set says", thermal.low, thermal.high);
  }
  datasets::require_sense(resolved.normalisation.thermal);
  TrainingRun(resolved, queue, compute).run();
}

}  // namespace train
