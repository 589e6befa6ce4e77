// SPDX-License-Identifier: Apache-2.0
#include "train/inner_maps.h"

#include <algorithm>
#include <cmath>

#include "datasets/resize.h"
#include "datasets/transforms.h"
#include "engine/autograd.h"
#include "models/cenet.h"
#include "models/eknet.h"
#include "train/batch.h"

namespace train {

namespace {

using engine::nn::Mode;

// One image as the network takes it: at its only size, as evaluation resizes images.
Batch batch_of(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute) {
  const kernels::Size2 size = network.network->model->fixed_size();
  const datasets::AugmentationOptions how = datasets::without_augmentation(size);
  const datasets::Sample fitted = datasets::resize_sample(sample, size, how.pair_filter, how.label_filter);
  datasets::HostBatch host;
  host.n = 1;
  host.h = size.h;
  host.w = size.w;
  const auto pixels = static_cast<std::size_t>(size.h) * static_cast<std::size_t>(size.w);
  host.rgb.resize(3 * pixels);
  host.thermal.resize(pixels);
  host.labels.assign(pixels, datasets::HostBatch::no_label);
  const datasets::Normalisation& normalisation = network.card.normalisation;
  datasets::normalise(fitted.rgb, normalisation.rgb, host.rgb.data());
  datasets::normalise(fitted.thermal, fitted.thermal_bits, normalisation.thermal, host.thermal.data());
  return upload(host, network.network->store.queue(), compute);
}

// Of [1, 1, h, w].
datasets::Image8 picture_of(const engine::Tensor& map, const datasets::Sample& sample) {
  const std::vector<float> values = engine::download_float(map);
  datasets::Image8 picture(static_cast<int>(map.shape().h()), static_cast<int>(map.shape().w()), 1);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(values[i], 0.0f, 1.0f)));
  return datasets::resize(picture, {sample.rgb.height, sample.rgb.width}, datasets::Filter::bilinear);
}

}  // namespace

std::vector<InnerMap> inner_maps(const TrainedNetwork& network, const datasets::Sample& sample,
                                 kernels::DType compute) {
  const models::SegmentationModel& model = *network.network->model;
  const engine::NoGradient no_gradient;
  const auto* cenet = dynamic_cast<const models::CENet*>(&model);
  if (cenet != nullptr && cenet->has_edge_module()) {
    const Batch batch = batch_of(network, sample, compute);
    return {{"edges", "edges (white = sure)",
             picture_of(cenet->forward({batch.rgb, batch.thermal, {}}, Mode::evaluate).edge, sample)}};
  }
  const auto* eknet = dynamic_cast<const models::EKNet*>(&model);
  if (eknet != nullptr && eknet->has_enhancement()) {
    const Batch batch = batch_of(network, sample, compute);
    return {{"enhanced", "thermal image, enhanced",
             picture_of(eknet->enhanced_image({batch.rgb, batch.thermal, {}}, Mode::evaluate), sample)}};
  }
  return {};
}

}  // namespace train
