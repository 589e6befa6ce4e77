// SPDX-License-Identifier: Apache-2.0
#include "train/prediction.h"

#include <algorithm>

#include "datasets/image_io.h"
#include "kernels/error.h"
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
  batch.names = {sample.name};
  return batch;
}

}  // namespace

datasets::Sample read_pair(const std::filesystem::path& rgb, const std::filesystem::path& thermal) {
  datasets::Sample sample;
  sample.name = rgb.stem().string();
  sample.rgb = datasets::read_image8(rgb, 3);
  const auto grey = datasets::read_grey(thermal);
  sample.thermal = grey.image;
  sample.thermal_bits = grey.bits;
  if (sample.rgb.height != sample.thermal.height || sample.rgb.width != sample.thermal.width)
    throw kernels::DataError("{} is {}x{}, {} is {}x{}: the two images of a pair must be registered and of one size",
                             rgb.string(), sample.rgb.height, sample.rgb.width, thermal.string(), sample.thermal.height,
                             sample.thermal.width);
  return sample;
}

datasets::Sample read_four_channels(const std::filesystem::path& path) {
  const datasets::Image8 image = datasets::read_image8(path, 4);
  datasets::Sample sample;
  sample.name = path.stem().string();
  sample.rgb = datasets::Image8(image.height, image.width, 3);
  sample.thermal = datasets::Image16(image.height, image.width, 1);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) sample.rgb.at(y, x, c) = image.at(y, x, c);
      sample.thermal.at(y, x) = image.at(y, x, 3);
    }
  return sample;
}

void predict_sample(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                    const std::filesystem::path& folder) {
  const auto labels = predict_labels(*network.network->model, batch_of(sample, network.card.normalisation),
                                     network.network->store.queue(), compute);
  const std::vector<datasets::ClassInfo> classes = vivid(network.card.classes);
  const OverlayOptions see_background{.see_through = 0};
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
                                                  .classes = network.card.classes}));
}

}  // namespace train
