// SPDX-License-Identifier: Apache-2.0
// One batch as the loader hands it over: plain buffers on the host, in the engine's memory layout (channels-last), or
// the samples as they were stored, for a device that augments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/stored_samples.h"

namespace datasets {

// Where samples are mirrored, cropped, resized and normalised.
enum class Augmenter { host, device };

struct HostBatch {
  static constexpr std::uint8_t no_label = 255;  // Every pixel of an image that has no label.

  int number = 0;  // Within the epoch, from 0.
  int n = 0, h = 0, w = 0;
  // Of Augmenter::host.
  std::vector<float> rgb;            // n, h, w, 3 in network units.
  std::vector<float> thermal;        // n, h, w, 1 in network units.
  std::vector<std::uint8_t> labels;  // n, h, w.
  std::vector<std::uint8_t> edges;   // n, edge_size: edge maps of the labels; empty where none were asked for.
  kernels::Size2 edge_size = {0, 0};
  // Of Augmenter::device: the samples, and what becomes of them.
  std::vector<StoredSample> stored;  // The first n; more where an earlier batch had more, so that their memory stays.
  kernels::AugmentOptions augmentation;

  std::vector<std::uint8_t> labelled;  // 1 or 0 for each sample.
  std::vector<int> indices;            // Of the samples in the data set.
  std::vector<std::string> names;
  std::vector<TimeOfDay> times;
};

}  // namespace datasets
