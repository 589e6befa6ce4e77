// SPDX-License-Identifier: Apache-2.0
#include "train/inference_evaluation.h"

#include <array>
#include <chrono>
#include <iostream>

#include "datasets/sample_checks.h"
#include "kernels/error.h"
#include "train/progress.h"

namespace train {

Evaluation evaluate_inference(const TrainedNetwork& network, const datasets::Dataset& dataset, kernels::DType compute,
                              const InferenceOptions& inference, const EvaluationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const int images = options.limit > 0 ? std::min(options.limit, dataset.size()) : dataset.size();
  const auto classes = static_cast<std::size_t>(options.classes);
  std::array<std::vector<std::int64_t>, 3> counts;  // Of each TimeOfDay.
  for (auto& each : counts) each.resize(classes * classes);
  Progress progress(progress_options_for_stderr("evaluate", images), std::cerr);
  for (int i = 0; i < images; ++i) {
    const datasets::Sample sample = dataset.load(i);
    if (!sample.label)
      throw kernels::DataError("{}: has no label, so there is nothing to evaluate against", sample.name);
    datasets::require_class_ids(dataset.name() + ": sample " + sample.name, *sample.label, options.classes,
                                options.ignored_label);
    const datasets::LabelMap labels = infer(network, sample, compute, inference).labels;
    auto& matrix = counts[static_cast<std::size_t>(sample.time)];
    for (std::size_t pixel = 0; pixel < labels.pixels.size(); ++pixel)
      if (const std::uint8_t truth = sample.label->pixels[pixel]; truth != options.ignored_label)
        ++matrix[truth * classes + labels.pixels[pixel]];
    progress.advance({.images = 1});
  }
  progress.finish();
  const auto matrix = [&](datasets::TimeOfDay time) {
    return ConfusionMatrix(options.classes, counts[static_cast<std::size_t>(time)]);
  };
  Evaluation result{matrix(datasets::TimeOfDay::unknown), matrix(datasets::TimeOfDay::day),
                    matrix(datasets::TimeOfDay::night)};
  result.all += result.day;
  result.all += result.night;
  result.images = images;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace train
