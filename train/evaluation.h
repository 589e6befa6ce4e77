// SPDX-License-Identifier: Apache-2.0
// Confusion matrices of a network on a data set.
#pragma once

#include <functional>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/normalisation.h"
#include "models/segmentation_model.h"
#include "train/edge_score.h"
#include "train/metrics.h"
#include "train/recipe.h"

namespace train {

struct EvaluationOptions {
  int batch = 1, workers = 1;
  datasets::Normalisation normalisation = {};
  std::optional<int> ignored_label = {};
  int classes = 9;
  int limit = 0;  // Images; 0: all.
  // Predictions of the first `shown` batches are brought to the host, for this to be called with.
  std::function<void(const datasets::HostBatch&, const std::vector<datasets::LabelMap>&)> listener = {};
  int shown = 0;
  std::function<void()> before_batch = {};  // May throw, to give up.
};

struct Evaluation {
  ConfusionMatrix all, day, night;
  int images = 0;
  double seconds = 0;
  std::optional<EdgeScore> edges = {};  // Of networks that find edges, against those of the labels.
};

// Evaluation mode, data set order. Images of any size: they are padded to the network's multiple by repeating the last
// row and column, and the prediction is cut back; for a network of one size only they are resized to that, labels too.
// What is counted stays on the device until the end. Throws DataError where an image has no label, or one with an id
// that is neither a class nor ignored.
Evaluation evaluate(const models::SegmentationModel& model, const datasets::Dataset& dataset,
                    const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute,
                    const EvaluationOptions& options);

// {"all": ..., "day": ..., "night": ...}: matrix, per-class scores, means in each convention.
nlohmann::ordered_json to_json(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes);

}  // namespace train
