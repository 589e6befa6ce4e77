// SPDX-License-Identifier: Apache-2.0
#include "train/prediction.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "datasets/batch.h"
#include "datasets/image_io.h"
#include "kernels/error.h"
#include "train/inner_maps.h"
#include "train/pictures.h"

namespace train {

namespace {

// The class that stands for "nothing of interest"; tables of whole scenes have none.
std::optional<int> background_of(const std::vector<datasets::ClassInfo>& classes) {
  for (std::size_t id = 0; id < classes.size(); ++id)
    if (classes[id].name == "unlabelled" || classes[id].name == "background") return static_cast<int>(id);
  return {};
}

bool shows(const std::vector<int>& only, int id) {
  return only.empty() || std::find(only.begin(), only.end(), id) != only.end();
}

datasets::Image8 confidence_picture(const datasets::Image<float>& confidence) {
  datasets::Image8 picture(confidence.height, confidence.width, 1);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(confidence.pixels[i], 0.0f, 1.0f)));
  return picture;
}

// Counts, and gives pixels of classes that are not shown to `otherwise`.
void count(datasets::LabelMap& labels, const std::vector<int>& only, int otherwise, ImageSummary& summary) {
  for (std::uint8_t& id : labels.pixels) {
    if (shows(only, id)) {
      ++summary.pixels[id];
      continue;
    }
    ++summary.other;
    id = static_cast<std::uint8_t>(otherwise);
  }
}

double mean_of(const datasets::Image<float>& image) {
  double sum = 0;
  for (const float value : image.pixels) sum += value;
  return sum / static_cast<double>(image.pixels.size());
}

}  // namespace

std::vector<int> class_ids(const std::vector<std::string>& names, const std::vector<datasets::ClassInfo>& classes) {
  std::vector<std::string> known;
  for (const datasets::ClassInfo& each : classes) known.push_back(each.name);
  std::vector<int> ids;
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end())
      throw kernels::UsageError("--only {}: the network has no class of this name; it has {}", name,
                                fmt::join(known, ", "));
    ids.push_back(static_cast<int>(found - known.begin()));
  }
  return ids;
}

ImageSummary predict_sample(const TrainedNetwork& network, const datasets::Sample& sample,
                            const PredictionOptions& options, const std::filesystem::path& folder) {
  const auto begin = std::chrono::steady_clock::now();
  Inference found = infer(network, sample, options.compute, options.inference);
  const std::vector<datasets::ClassInfo>& all = network.card.classes;
  ImageSummary summary{.name = sample.name,
                       .height = sample.rgb.height,
                       .width = sample.rgb.width,
                       .pixels = std::vector<std::int64_t>(all.size()),
                       .mean_confidence = mean_of(found.confidence),
                       .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
  std::optional<int> untinted = background_of(all);
  const int nothing = untinted.value_or(datasets::HostBatch::no_label);
  if (!options.only.empty()) untinted = nothing;
  count(found.labels, options.only, nothing, summary);
  std::optional<datasets::LabelMap> truth = sample.label;
  if (truth)
    for (std::uint8_t& id : truth->pixels)
      if (!shows(options.only, id)) id = static_cast<std::uint8_t>(nothing);

  const std::vector<datasets::ClassInfo> classes = vivid(all);
  const OverlayOptions see_background{.see_through = untinted};
  const std::string stem = (folder / sample.name).string();
  SheetContent content{.title = sample.name,
                       .rgb = sample.rgb,
                       .thermal = sample.thermal,
                       .truth = std::move(truth),
                       .prediction = found.labels,
                       .classes = all,
                       .see_through = untinted,
                       .only = options.only};
  datasets::write_png(stem + "_label.png", found.labels);
  for (const InnerMap& map : inner_maps(network, sample, options.compute)) {
    datasets::write_png(stem + "_" + map.name + ".png", map.picture);
    content.further.emplace_back(map.caption, map.picture);
  }
  datasets::write_png(stem + "_overlay_rgb.png", overlay(sample.rgb, found.labels, classes, see_background));
  datasets::write_png(stem + "_overlay_thermal.png",
                      overlay(thermal_picture(sample.thermal), found.labels, classes, see_background));
  if (options.confidence) {
    content.confidence = confidence_picture(found.confidence);
    datasets::write_png(stem + "_confidence.png", content.confidence);
  }
  datasets::write_png(stem + "_sheet.png", sheet(content));
  return summary;
}

}  // namespace train
