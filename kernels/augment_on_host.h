// SPDX-License-Identifier: Apache-2.0
// Augmentation pixel by pixel on a host device: what its two kernels share beside the arithmetic of fractions.
#pragma once

#include <cstring>
#include <vector>

#include "kernels/augment_pixels.h"

namespace kernels {

// Image n of the batch.
class HostAugmentation {
 public:
  HostAugmentation(const AugmentOptions& options, const AugmentInputs& in, std::int64_t n)
      : options_(options), crop_{{}, AugmentSamples(in.samples)} {
    std::memcpy(&crop_.image, in.images.as<std::uint8_t>() + n * static_cast<std::int64_t>(sizeof(AugmentImage)),
                sizeof(AugmentImage));
  }

  const AugmentImage& image() const { return crop_.image; }

  // Row and column of the resized image.
  AugmentedPixel pixel(int row, int column) const {
    switch (options_.pair) {
      case PairResampling::separate:
        return resampled_pixel<PairResampling::separate>(crop_, row, column);
      case PairResampling::premultiplied:
        return resampled_pixel<PairResampling::premultiplied>(crop_, row, column);
      case PairResampling::nearest:
        break;
    }
    return copied_pixel(crop_, nearest_place(row, column));
  }
  int label(int row, int column) const {
    if (crop_.image.label < 0) return options_.absent_label;
    if (options_.label == LabelResampling::nearest) return crop_.label(nearest_place(row, column));
    return resampled_label(crop_, row, column);
  }

  // How the counts of this image become a number, for every scale but full_range.
  LinearMap thermal_map() const {
    if (!depends_on_image(options_.scale)) return map_of_range(options_.low, options_.high);
    std::vector<std::uint32_t> histogram(thermal_counts);
    for (int row = 0; row < options_.size.h; ++row)
      for (int column = 0; column < options_.size.w; ++column)
        ++histogram[static_cast<std::size_t>(pixel(row, column).count)];
    return map_of_histogram(options_.scale, options_.low, options_.high, histogram.data(),
                            std::int64_t{options_.size.h} * options_.size.w);
  }

 private:
  std::int64_t nearest_place(int row, int column) const {
    return crop_.place(nearest_index(row, crop_.image.crop_height, options_.size.h),
                       nearest_index(column, crop_.image.crop_width, options_.size.w));
  }

  const AugmentOptions& options_;
  MirroredCrop crop_;
};

}  // namespace kernels
