// SPDX-License-Identifier: Apache-2.0
// What a network shows beside its classes, as grey pictures: CENet's edges, EKNet's enhanced thermal image.
#pragma once

#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "train/model_card.h"

namespace train {

struct InnerMap {
  std::string name;          // "edges", "enhanced".
  std::string caption;       // What a sheet says of it.
  datasets::Image8 picture;  // Of the size of the image; 0 to 255 for 0 to 1, numbers beyond are cut.
};

// In evaluation mode, at the size that the network was made for. Nothing of a network without such maps.
std::vector<InnerMap> inner_maps(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute);

}  // namespace train
