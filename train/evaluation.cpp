// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "datasets/loader.h"
#include "engine/autograd.h"
#include "engine/ops/argmax.h"
#include "kernels/error.h"
#include "train/progress.h"

namespace train {

namespace {

int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// The last row and column repeated up to height x width; `values` holds n images of h x w pixels with c numbers each.
std::vector<float> pad(const std::vector<float>& values, int n, int h, int w, int c, int height, int width) {
  std::vector<float> padded(static_cast<std::size_t>(n) * height * width * c);
  auto* to = padded.data();
  for (int i = 0; i < n; ++i)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const auto pixel = (static_cast<std::size_t>(i) * h + std::min(y, h - 1)) * w + std::min(x, w - 1);
        to = std::copy_n(values.data() + pixel * c, c, to);
      }
  return padded;
}

// The batch at a size that the network takes; labels of padded pixels are `no_label`.
datasets::HostBatch padded_batch(const datasets::HostBatch& batch, int multiple) {
  datasets::HostBatch result;
  result.n = batch.n;
  result.h = round_up(batch.h, multiple);
  result.w = round_up(batch.w, multiple);
  result.rgb = pad(batch.rgb, batch.n, batch.h, batch.w, 3, result.h, result.w);
  result.thermal = pad(batch.thermal, batch.n, batch.h, batch.w, 1, result.h, result.w);
  result.labels.assign(static_cast<std::size_t>(result.n) * result.h * result.w, datasets::HostBatch::no_label);
  result.names = batch.names;
  return result;
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

}  // namespace

std::vector<datasets::LabelMap> predict_labels(const models::SegmentationModel& model, const datasets::HostBatch& batch,
                                               const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  const engine::NoGradient no_gradient;
  const int multiple = model.size_multiple();
  const bool fits = batch.h % multiple == 0 && batch.w % multiple == 0;
  const Batch uploaded = upload(fits ? batch : padded_batch(batch, multiple), queue, compute);
  const engine::Tensor logits = model({uploaded.rgb, uploaded.thermal}, engine::nn::Mode::evaluate);
  return cut(engine::argmax(logits, 1), batch.h, batch.w);
}

Evaluation evaluate(const models::SegmentationModel& model, const datasets::Dataset& dataset,
                    const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute,
                    const EvaluationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  Evaluation result{ConfusionMatrix(options.classes), ConfusionMatrix(options.classes),
                    ConfusionMatrix(options.classes)};
  datasets::Loader loader(dataset, {.batch_size = options.batch,
                                    .workers = options.workers,
                                    .order = datasets::Order::sequential,
                                    .normalisation = options.normalisation});
  loader.begin_epoch(0);
  const int images = options.limit > 0 ? std::min(options.limit, dataset.size()) : dataset.size();
  Progress progress(progress_options_for_stderr("evaluate", images), std::cerr);
  while (const datasets::HostBatch* batch = result.images < images ? loader.next() : nullptr) {
    const std::vector<datasets::LabelMap> predictions = predict_labels(model, *batch, queue, compute);
    const std::size_t pixels = static_cast<std::size_t>(batch->h) * batch->w;
    const int counted = std::min(batch->n, images - result.images);  // The last batch may reach beyond the limit.
    for (std::size_t i = 0; i < static_cast<std::size_t>(counted); ++i) {
      const std::span<const std::uint8_t> truth(batch->labels.data() + i * pixels, pixels);
      if (truth[0] == datasets::HostBatch::no_label && options.ignored_label != datasets::HostBatch::no_label)
        throw kernels::DataError("{}: has no label, so there is nothing to evaluate against", batch->names[i]);
      result.all.add(truth, predictions[i].pixels, options.ignored_label);
      if (batch->times[i] == datasets::TimeOfDay::day)
        result.day.add(truth, predictions[i].pixels, options.ignored_label);
      if (batch->times[i] == datasets::TimeOfDay::night)
        result.night.add(truth, predictions[i].pixels, options.ignored_label);
    }
    result.images += counted;
    if (options.listener) options.listener(*batch, predictions);
    for (int i = 0; i < counted; ++i) progress.advance({.images = 1});
  }
  progress.finish();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

nlohmann::ordered_json to_json(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes) {
  std::vector<std::string> names;
  for (const datasets::ClassInfo& each : classes) names.push_back(each.name);
  return {{"images", evaluation.images},
          {"seconds", evaluation.seconds},
          {"all", to_json(evaluation.all, names)},
          {"day", to_json(evaluation.day, names)},
          {"night", to_json(evaluation.night, names)}};
}

}  // namespace train
