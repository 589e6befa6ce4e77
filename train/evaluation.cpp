// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "engine/autograd.h"
#include "engine/ops/argmax.h"
#include "engine/ops/confusion_matrix.h"
#include "kernels/error.h"
#include "kernels/range.h"
#include "models/cenet.h"
#include "train/batch_feed.h"
#include "train/progress.h"

namespace train {

namespace {

engine::Tensor forward(const models::SegmentationModel& model, const Batch& batch,
                       const models::FeatureListener& listener = {}) {
  const kernels::Range range(batch.rgb.queue(), {.name = "forward"});
  return model({batch.rgb, batch.thermal, listener}, engine::nn::Mode::evaluate);
}

// The edges that the network's edge map is held against; nothing where it has none.
std::optional<datasets::labels::EdgeOptions> edges_of(const models::SegmentationModel& model) {
  const auto* cenet = dynamic_cast<const models::CENet*>(&model);
  if (cenet == nullptr || !cenet->has_edge_module()) return {};
  return datasets::labels::EdgeOptions{.reduction = cenet->edge_scale()};
}

// The first `counted` images of a batch.
void add_edges(EdgeScore& score, const engine::Tensor& map, const datasets::HostBatch& batch, int counted) {
  const std::vector<float> probabilities = engine::download_float(map);
  const std::size_t pixels = batch.edges.size() / static_cast<std::size_t>(batch.n) * static_cast<std::size_t>(counted);
  score.add(std::span(probabilities).first(pixels), std::span(batch.edges).first(pixels));
}

std::vector<datasets::LabelMap> cut(const engine::Tensor& ids, int height, int width) {
  const std::vector<std::int64_t> values = engine::download_integers(ids);
  const kernels::Shape& shape = ids.shape();  // [n, h, w]
  std::vector<datasets::LabelMap> maps;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    datasets::LabelMap& map = maps.emplace_back(height, width, 1);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        map.at(y, x) = static_cast<std::uint8_t>(values[static_cast<std::size_t>((n * shape[1] + y) * shape[2] + x)]);
  }
  return maps;
}

// The matrices by time of day, which stay on the device until all is counted.
class Count {
 public:
  Count(const EvaluationOptions& options, const std::shared_ptr<kernels::Queue>& queue)
      : options_(options), queue_(queue), totals_(engine::confusion_totals(matrices, options.classes, queue)) {}

  // The first `counted` images of a batch. Returns the predictions where they are wanted.
  engine::Tensor add(const engine::Tensor& logits, const engine::Tensor& labels, const datasets::HostBatch& batch,
                     int counted, engine::PredictionMap map) {
    std::vector<std::int64_t> matrix_of_image(static_cast<std::size_t>(batch.n), -1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(counted); ++i) {
      if (!batch.labelled[i])
        throw kernels::DataError("{}: has no label, so there is nothing to evaluate against", batch.names[i]);
      matrix_of_image[i] = static_cast<std::int64_t>(batch.times[i]);
    }
    const auto of_image =
        engine::from_host(std::span<const std::int64_t>(matrix_of_image), {batch.n}, kernels::DType::i32, queue_);
    const engine::ConfusionMatrixOptions how{options_.ignored_label, static_cast<std::int64_t>(widths_.size())};
    widths_.insert(widths_.end(), static_cast<std::size_t>(batch.n), batch.w);
    return engine::confusion_matrix(logits, labels, of_image, totals_, how, map);
  }

  // Images were added in the data set's order.
  Evaluation result(const datasets::Dataset& dataset) const {
    if (const auto refused = engine::refused_label(totals_)) {
      const int width = widths_[static_cast<std::size_t>(refused->image)];
      throw kernels::DataError("{}: sample {}: expected class ids 0 to {}{}, got {} at x {}, y {}", dataset.name(),
                               dataset.sample_name(static_cast<int>(refused->image)), options_.classes - 1,
                               options_.ignored_label ? fmt::format(" or {}", *options_.ignored_label) : "",
                               refused->label, refused->pixel % width, refused->pixel / width);
    }
    const std::vector<std::int64_t> counts = engine::download_integers(totals_.counts);
    const auto matrix = [&](datasets::TimeOfDay time) {
      const std::size_t cells = counts.size() / matrices;
      const auto first = counts.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(time) * cells);
      return ConfusionMatrix(options_.classes, {first, first + static_cast<std::ptrdiff_t>(cells)});
    };
    Evaluation result{matrix(datasets::TimeOfDay::unknown), matrix(datasets::TimeOfDay::day),
                      matrix(datasets::TimeOfDay::night)};
    result.all += result.day;
    result.all += result.night;
    return result;
  }

 private:
  static constexpr int matrices = 3;  // One for each TimeOfDay.

  const EvaluationOptions& options_;
  std::shared_ptr<kernels::Queue> queue_;
  engine::ConfusionTotals totals_;
  std::vector<int> widths_;  // Of the images.
};

}  // namespace

Evaluation evaluate(const models::SegmentationModel& model, const datasets::Dataset& dataset,
                    const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute,
                    const EvaluationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const engine::NoGradient no_gradient;
  BatchFeed feed(dataset, queue,
                 {.loader = {.batch_size = options.batch,
                             .workers = options.workers,
                             .order = datasets::Order::sequential,
                             .augmentation = datasets::without_augmentation(model.fixed_size()),
                             .normalisation = options.normalisation,
                             .edges = edges_of(model)},
                  .compute = compute,
                  .multiple = model.size_multiple()});
  feed.begin_epoch(0);
  const int images = options.limit > 0 ? std::min(options.limit, dataset.size()) : dataset.size();
  Progress progress(progress_options_for_stderr("evaluate", images), std::cerr);
  Count count(options, queue);
  EdgeScore edges;
  int seen = 0;
  while (const std::optional<Batch> uploaded = seen < images ? feed.next() : std::nullopt) {
    if (options.before_batch) options.before_batch();
    const datasets::HostBatch& batch = feed.host();
    const int counted = std::min(batch.n, images - seen);  // The last batch may reach beyond the limit.
    engine::Tensor edge_map;
    const engine::Tensor logits = forward(model, *uploaded, [&](const std::string& name, const engine::Tensor& value) {
      if (name == "edge_map") edge_map = value;
    });
    const bool shown = options.listener && batch.number < options.shown;
    const engine::Tensor prediction = count.add(logits, uploaded->labels, batch, counted,
                                                shown ? engine::PredictionMap::wanted : engine::PredictionMap::none);
    if (edge_map && uploaded->edges) add_edges(edges, edge_map, batch, counted);
    seen += counted;
    if (seen < images) feed.prefetch();
    if (shown) options.listener(batch, cut(prediction, batch.h, batch.w));
    for (int i = 0; i < counted; ++i) progress.advance({.images = 1});
  }
  progress.finish();
  Evaluation result = count.result(dataset);
  if (edges_of(model)) result.edges = edges;
  result.images = seen;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

nlohmann::ordered_json to_json(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes) {
  std::vector<std::string> names;
  for (const datasets::ClassInfo& each : classes) names.push_back(each.name);
  nlohmann::ordered_json json{{"images", evaluation.images},
                              {"seconds", evaluation.seconds},
                              {"all", to_json(evaluation.all, names)},
                              {"day", to_json(evaluation.day, names)},
                              {"night", to_json(evaluation.night, names)}};
  if (evaluation.edges) json["edges"] = to_json(*evaluation.edges);
  return json;
}

}  // namespace train
