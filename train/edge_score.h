// SPDX-License-Identifier: Apache-2.0
// CEKD's IoU_e: the intersection over union of edge pixels where an edge map exceeds a threshold, over all images, and
// the mean of it over eleven thresholds.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

namespace train {

class EdgeScore {
 public:
  static constexpr std::array<double, 11> thresholds{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99};

  // Probabilities and labels (0 or 1) of the same pixels. Throws ShapeError where their numbers differ.
  void add(std::span<const float> probabilities, std::span<const std::uint8_t> edges);

  // Of each threshold; 0 where neither an edge nor a prediction is anywhere.
  std::array<double, 11> ious() const;
  double mean() const;

 private:
  std::array<std::int64_t, 11> intersections_{}, unions_{};
};

// {"iou": mean, "thresholds": [...], "ious": [...]}
nlohmann::ordered_json to_json(const EdgeScore& score);

}  // namespace train
