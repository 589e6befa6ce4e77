// SPDX-License-Identifier: Apache-2.0
#include "train/prediction.h"

#include <optional>

#include "datasets/image_io.h"
#include "train/evaluation.h"
#include "train/pictures.h"

namespace train {

namespace {

datasets::HostBatch batch_of(const datasets::Sample& sample, const datasets::Normalisation& normalisation) {
  datasets::HostBatch batch;
  batch.n = 1;
  batch.h = sample.rgb.height;
  batch.w = sample.rgb.width;
  const auto pixels = static_cast<std::size_t>(batch.h) * batch.w;
  batch.rgb.resize(3 * pixels);
  batch.thermal.resize(pixels);
  datasets::normalise(sample.rgb, normalisation.rgb, batch.rgb.data());
  datasets::normalise(sample.thermal, sample.thermal_bits, normalisation.thermal, batch.thermal.data());
  batch.labels.assign(pixels, datasets::HostBatch::no_label);
  batch.indices = {0};
  batch.names = {sample.name};
  batch.times = {sample.time};
  return batch;
}

// The class that stands for "nothing of interest"; tables of whole scenes have none.
std::optional<int> background_of(const std::vector<datasets::ClassInfo>& classes) {
  for (std::size_t id = 0; id < classes.size(); ++id)
    if (classes[id].name == "unlabelled" || classes[id].name == "background") return static_cast<int>(id);
  return {};
}

}  // namespace

void predict_sample(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                    const std::filesystem::path& folder) {
  const auto labels = predict_labels(*network.network->model, batch_of(sample, network.card.normalisation),
                                     network.network->store.queue(), compute);
  const std::vector<datasets::ClassInfo> classes = vivid(network.card.classes);
  const OverlayOptions see_background{.see_through = background_of(classes)};
  const std::string stem = (folder / sample.name).string();
  datasets::write_png(stem + "_label.png", labels[0]);
  datasets::write_png(stem + "_overlay_rgb.png", overlay(sample.rgb, labels[0], classes, see_background));
  datasets::write_png(stem + "_overlay_thermal.png",
                      overlay(thermal_picture(sample.thermal), labels[0], classes, see_background));
  datasets::write_png(stem + "_sheet.png", sheet({.title = sample.name,
                                                  .rgb = sample.rgb,
                                                  .thermal = sample.thermal,
                                                  .truth = sample.label,
                                                  .prediction = labels[0],
                                                  .classes = network.card.classes,
                                                  .see_through = see_background.see_through}));
}

}  // namespace train
