// SPDX-License-Identifier: Apache-2.0
#include "train/edge_score.h"

#include <numeric>

#include "kernels/error.h"

namespace train {

void EdgeScore::add(std::span<const float> probabilities, std::span<const std::uint8_t> edges) {
  if (probabilities.size() != edges.size())
    throw kernels::ShapeError("edge score: {} probabilities for {} labels", probabilities.size(), edges.size());
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const auto threshold = static_cast<float>(thresholds[t]);
    std::int64_t both = 0, any = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const bool predicted = probabilities[i] > threshold, labelled = edges[i] != 0;
      both += predicted && labelled;
      any += predicted || labelled;
    }
    intersections_[t] += both;
    unions_[t] += any;
  }
}

std::array<double, 11> EdgeScore::ious() const {
  std::array<double, 11> ious{};
  for (std::size_t t = 0; t < ious.size(); ++t)
    if (unions_[t] > 0) ious[t] = static_cast<double>(intersections_[t]) / static_cast<double>(unions_[t]);
  return ious;
}

double EdgeScore::mean() const {
  const std::array<double, 11> all = ious();
  return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}

nlohmann::ordered_json to_json(const EdgeScore& score) {
  return {{"iou", score.mean()}, {"thresholds", EdgeScore::thresholds}, {"ious", score.ious()}};
}

}  // namespace train
