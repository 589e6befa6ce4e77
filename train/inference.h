// SPDX-License-Identifier: Apache-2.0
// What a trained network says of one image pair of any size: class ids, and how sure it is. Large images go through it
// in windows; several looks at the same pixels (mirrored, at other sizes) are averaged. docs/predicting.md has the
// formulas.
#pragma once

#include <optional>
#include <vector>

#include "datasets/dataset.h"
#include "train/model_card.h"

namespace train {

struct InferenceOptions {
  kernels::Size2 window = {0, 0};   // {0, 0}: the whole image at once. A side beyond the image's is cut to it.
  std::optional<int> overlap = {};  // Pixels; absent: a quarter of each side of the window.
  bool flip = false;                // Also mirrored, left and right exchanged.
  // Sizes that the network sees the window at. One that was made for one size sees everything at that.
  std::vector<double> scales = {1.};

  // One look at the whole image.
  bool plain() const { return window == kernels::Size2{0, 0} && !flip && scales == std::vector<double>{1.}; }
};

// Throws UsageError where a scale is not in (0, 16], a window has a side below 1, or an overlap does not leave a pixel.
void require_sense(const InferenceOptions& options);

struct Inference {
  datasets::LabelMap labels;          // The most probable class; the lowest id among equals.
  datasets::Image<float> confidence;  // Its probability.
};

// Evaluation mode. The pair is normalised as a whole, so that windows share one thermal scale. One window without
// averaging is the argmax of the logits, otherwise of mean probabilities. Memory beyond the images themselves: what the
// network takes for a window, and the probabilities of as many rows as a window has. Throws UsageError as
// require_sense, CheckpointError where the network's outputs are not finite.
Inference infer(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                const InferenceOptions& options = {});

}  // namespace train
