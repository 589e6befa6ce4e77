// SPDX-License-Identifier: Apache-2.0
#include "train/prediction_summary.h"

#include <algorithm>
#include <numeric>

#include "engine/formats/atomic_file.h"

namespace train {

namespace {

using nlohmann::ordered_json;

// Counts by class name, in the order of the ids. Two classes of one name are told apart by their ids.
ordered_json counts_of(const std::vector<std::int64_t>& pixels, const std::vector<datasets::ClassInfo>& classes,
                       const std::vector<int>& only) {
  ordered_json counts = ordered_json::object();
  for (std::size_t id = 0; id < classes.size(); ++id) {
    if (!only.empty() && std::find(only.begin(), only.end(), static_cast<int>(id)) == only.end()) continue;
    std::string name = classes[id].name;
    if (counts.contains(name)) name += " (" + std::to_string(id) + ")";
    counts[name] = pixels[id];
  }
  return counts;
}

ordered_json settings_of(const RunSummary& run, const std::vector<datasets::ClassInfo>& classes) {
  const InferenceOptions& inference = run.inference;
  ordered_json json{{"window", nullptr}, {"overlap", nullptr}, {"flip", inference.flip}, {"scales", inference.scales}};
  if (inference.window.h > 0) {
    const kernels::Size2 window = inference.window;
    json["window"] = {window.h, window.w};
    json["overlap"] = {inference.overlap.value_or(window.h / 4), inference.overlap.value_or(window.w / 4)};
  }
  json["only"] = nullptr;
  if (!run.only.empty()) json["only"] = ordered_json::array();
  for (const int id : run.only) json["only"].push_back(classes[static_cast<std::size_t>(id)].name);
  json["device"] = run.device;
  json["precision"] = run.precision;
  return json;
}

}  // namespace

ordered_json to_json(const RunSummary& run, const ModelCard& card, const std::vector<ImageSummary>& images) {
  ordered_json classes = ordered_json::array(), each = ordered_json::array();
  for (std::size_t id = 0; id < card.classes.size(); ++id)
    classes.push_back({{"id", id}, {"name", card.classes[id].name}});
  std::vector<std::int64_t> pixels(card.classes.size());
  std::int64_t other = 0;
  double confidence = 0;  // Summed over pixels.
  for (const ImageSummary& image : images) {
    each.push_back({{"name", image.name},
                    {"height", image.height},
                    {"width", image.width},
                    {"pixels", counts_of(image.pixels, card.classes, run.only)},
                    {"other_pixels", image.other},
                    {"mean_confidence", image.mean_confidence},
                    {"seconds", image.seconds}});
    for (std::size_t id = 0; id < pixels.size(); ++id) pixels[id] += image.pixels[id];
    other += image.other;
    confidence += image.mean_confidence * image.height * image.width;
  }
  const std::int64_t all = std::accumulate(pixels.begin(), pixels.end(), other);
  ordered_json mean = nullptr;
  if (all > 0) mean = confidence / static_cast<double>(all);
  return {{"format", "isotherm predictions 1"},
          {"network", {{"model", card.model}, {"width", card.network.width}, {"weights", run.weights}}},
          {"classes", classes},
          {"settings", settings_of(run, card.classes)},
          {"images", each},
          {"totals",
           {{"images", images.size()},
            {"pixels", counts_of(pixels, card.classes, run.only)},
            {"other_pixels", other},
            {"mean_confidence", mean},
            {"seconds", run.seconds}}}};
}

void write_summary(const std::filesystem::path& path, const ordered_json& summary) {
  engine::write_file(path, summary.dump(2) + "\n");
}

}  // namespace train
