// SPDX-License-Identifier: Apache-2.0
// One batch as the loader hands it over: plain buffers on the host, in the engine's memory layout (channels-last).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace datasets {

struct HostBatch {
  static constexpr std::uint8_t no_label = 255;  // Every pixel of an image that has no label.

  int number = 0;  // Within the epoch, from 0.
  int n = 0, h = 0, w = 0;
  std::vector<float> rgb;            // n, h, w, 3 in network units.
  std::vector<float> thermal;        // n, h, w, 1 in network units.
  std::vector<std::uint8_t> labels;  // n, h, w.
  std::vector<int> indices;          // Of the samples in the data set.
  std::vector<std::string> names;
  std::vector<TimeOfDay> times;
};

}  // namespace datasets
