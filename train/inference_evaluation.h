// SPDX-License-Identifier: Apache-2.0
// Scores of predictions that are more than one look at the whole image: in windows, mirrored, at several sizes.
#pragma once

#include "train/evaluation.h"
#include "train/inference.h"

namespace train {

// As evaluate, image by image, counted on the host; batch, workers, normalisation and listener of `options` have no
// part in it. Throws what infer and evaluate throw.
Evaluation evaluate_inference(const TrainedNetwork& network, const datasets::Dataset& dataset, kernels::DType compute,
                              const InferenceOptions& inference, const EvaluationOptions& options);

}  // namespace train
