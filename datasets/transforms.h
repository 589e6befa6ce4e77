// SPDX-License-Identifier: Apache-2.0
// The augmentation that MFNet's and RTFNet's training programs share (Ha et al. 2017; Sun et al. 2019): horizontal
// flip, then a random crop that keeps at least nine tenths of each side from either edge, then a resize to one size.
#pragma once

#include <cstdint>
#include <utility>

#include "datasets/dataset.h"
#include "datasets/image_geometry.h"
#include "datasets/resize.h"
#include "kernels/random.h"

namespace datasets {

// How a pair is resized. The published programs call Pillow with its default, which changed with version 7.
enum class PairFilter {
  nearest,                // Pillow before 7, the versions that the programs were published with.
  premultiplied_bicubic,  // Pillow from 7: thermal is taken for an alpha channel (resize_premultiplied). 8 bits only.
  bicubic,                // Colour and thermal each on its own: what was meant.
  bilinear,               // The same, bilinear.
};

enum class LabelFilter {
  nearest,
  // What MFNet's program does to labels under Pillow from 7: class ids are interpolated like brightness, so that ids
  // of other classes appear along borders. Overshoot beyond the label's largest id is clipped.
  bicubic,
};

struct AugmentationOptions {
  double flip_probability = 0.5;
  double crop_fraction = 0.1;    // Of each side, the most that is cut at either edge; 0: no crop.
  kernels::Size2 size = {0, 0};  // Result; {0, 0}: the size that the sample came with.
  PairFilter pair_filter = PairFilter::nearest;
  LabelFilter label_filter = LabelFilter::nearest;
};

// No flip, no crop: a sample that has the size passes untouched, as in the published evaluation programs.
AugmentationOptions without_augmentation(kernels::Size2 size = {0, 0});

// The stream that sample `index` of the data set draws from in `epoch`: the same on every rank, in every thread.
kernels::RandomStream augmentation_stream(std::uint64_t seed, int epoch, int index);

// left in [0, f w), top in [0, f h), right in [(1 - f) w, w], bottom in [(1 - f) h, h]: integers, evenly drawn.
Box random_crop(int height, int width, double crop_fraction, kernels::RandomStream& random);

// What chance decides about one sample, and the size that comes of it.
struct AugmentationDraw {
  bool mirrored = false;
  Box box;              // Of the mirrored sample.
  kernels::Size2 size;  // Of the result.
};

// Draws flip, left, top, right, bottom in this order, for a sample of size `own`.
AugmentationDraw draw_augmentation(kernels::Size2 own, const AugmentationOptions& options,
                                   kernels::RandomStream& random);

// Throws UsageError where premultiplied_bicubic meets 16-bit thermal.
Sample augment(Sample sample, const AugmentationOptions& options, const AugmentationDraw& draw);
inline Sample augment(Sample sample, const AugmentationOptions& options, kernels::RandomStream& random) {
  const AugmentationDraw draw = draw_augmentation({sample.rgb.height, sample.rgb.width}, options, random);
  return augment(std::move(sample), options, draw);
}

// Throws UsageError unless thermal has the 8 bits that premultiplied resizing takes.
void require_premultipliable(const Sample& sample);
// Of a pair filter that treats colour and thermal alike and is not nearest.
Filter filter_of(PairFilter filter);

void mirror_sample(Sample& sample);
Sample crop_sample(const Sample& sample, const Box& box);
Sample resize_sample(Sample sample, kernels::Size2 size, PairFilter pair_filter, LabelFilter label_filter);

}  // namespace datasets
