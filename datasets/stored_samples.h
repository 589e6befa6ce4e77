// SPDX-License-Identifier: Apache-2.0
// Samples on their way to a device that augments and normalises itself (kernels/augment.h): 5 or 6 bytes per pixel as
// they were stored, in place of 17 in network units, and what was drawn for them. The result is that of augment
// (transforms.h) and normalise (normalisation.h), bit for bit.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "datasets/normalisation.h"
#include "datasets/transforms.h"
#include "kernels/augment.h"

namespace datasets {

struct StoredSample {
  // In ordinary memory, or in another kind that must outlive this.
  explicit StoredSample(std::pmr::memory_resource* memory = std::pmr::get_default_resource()) : bytes(memory) {}

  std::pmr::vector<std::uint8_t> bytes;  // Whose size is a multiple of 16.
  kernels::AugmentImage image;           // Offsets count from the start of `bytes`.
};

// Fills `stored`, whose buffer is used again. Throws what augment throws, and UsageError for sides above
// kernels::AugmentImage::most_side.
void store_sample(const Sample& sample, const AugmentationOptions& options, const AugmentationDraw& draw,
                  StoredSample& stored);

// What all images of a batch have in common, but for the size of the results. Throws UsageError where the description
// makes no sense.
kernels::AugmentOptions augment_options(const AugmentationOptions& options, const Normalisation& normalisation);

}  // namespace datasets
