// SPDX-License-Identifier: Apache-2.0
// One pixel of an augmented image, in whole numbers: what the devices share, because it must be the same on all.
#pragma once

#include "kernels/augment.h"
#include "kernels/resampling.h"

namespace kernels {

// The buffer of samples, as each of its element types.
struct AugmentSamples {
  const std::uint8_t* bytes;
  const std::uint16_t* shorts;
  const std::int32_t* words;

  explicit AugmentSamples(ConstView samples)
      : bytes(samples.as<std::uint8_t>()),
        shorts(static_cast<const std::uint16_t*>(samples.data)),
        words(static_cast<const std::int32_t*>(samples.data)) {}
  constexpr const std::int32_t* table(std::int64_t offset) const { return offset < 0 ? nullptr : words + offset / 4; }
};

// floor((at + 0.5) * in / out) in integers: no rounding decides between two neighbours. Both at most most_side.
constexpr int nearest_index(int at, int in, int out) {
  return static_cast<int>((2u * static_cast<unsigned>(at) + 1) * static_cast<unsigned>(in) /
                          (2u * static_cast<unsigned>(out)));
}

// A stored image as its mirrored crop: rows and columns from 0.
struct MirroredCrop {
  AugmentImage image;
  AugmentSamples samples;

  constexpr std::int64_t place(int row, int column) const {
    const int stored = image.left + column;
    return static_cast<std::int64_t>(image.top + row) * image.width +
           (image.mirrored ? image.width - 1 - stored : stored);
  }
  constexpr int colour(std::int64_t place, int channel) const { return samples.bytes[image.rgb + 3 * place + channel]; }
  constexpr int count(std::int64_t place) const {
    return image.bytes_of_count == 1 ? samples.bytes[image.thermal + place] : samples.shorts[image.thermal / 2 + place];
  }
  constexpr int label(std::int64_t place) const { return samples.bytes[image.label + place]; }
  constexpr bool is_resized() const { return image.rows >= 0 || image.columns >= 0; }
};

// What resampled() reads at a place: one or more numbers.
struct ColourAt {
  static constexpr int channels = 3;
  const MirroredCrop& crop;
  constexpr void read(std::int64_t place, std::int32_t (&values)[3]) const {
    for (int c = 0; c < 3; ++c) values[c] = crop.colour(place, c);
  }
};
struct CountAt {
  static constexpr int channels = 1;
  const MirroredCrop& crop;
  constexpr void read(std::int64_t place, std::int64_t (&values)[1]) const { values[0] = crop.count(place); }
};
struct AlphaAt {
  static constexpr int channels = 1;
  const MirroredCrop& crop;
  constexpr void read(std::int64_t place, std::int32_t (&values)[1]) const { values[0] = crop.count(place) & 255; }
};
struct WeightedColourAt {
  static constexpr int channels = 3;
  const MirroredCrop& crop;
  constexpr void read(std::int64_t place, std::int32_t (&values)[3]) const {
    const int alpha = crop.count(place) & 255;
    for (int c = 0; c < 3; ++c) values[c] = rounded_product(crop.colour(place, c), alpha);
  }
};
struct LabelAt {
  static constexpr int channels = 1;
  const MirroredCrop& crop;
  constexpr void read(std::int64_t place, std::int32_t (&values)[1]) const { values[0] = crop.label(place); }
};

// Columns, then rows, each rounded to whole numbers of [0, most].
template <class Sum, class Source>
constexpr void resample(const Source& source, const ResamplingWindow& rows, const ResamplingWindow& columns, Sum most,
                        Sum (&result)[Source::channels]) {
  Sum sums[Source::channels] = {};
  for (int r = 0; r < rows.count; ++r) {
    Sum across[Source::channels] = {};
    for (int k = 0; k < columns.count; ++k) {
      Sum values[Source::channels] = {};
      source.read(source.crop.place(rows.first + r, columns.first + k), values);
      for (int c = 0; c < Source::channels; ++c) across[c] += Sum{columns.weight(k)} * values[c];
    }
    for (int c = 0; c < Source::channels; ++c) sums[c] += Sum{rows.weight(r)} * rounded_sum(across[c], most);
  }
  for (int c = 0; c < Source::channels; ++c) result[c] = rounded_sum(sums[c], most);
}

// The pixel (row, column) of the resized image with the tables of the pair; for filters other than nearest.
template <PairResampling pair>
constexpr int resampled_count(const MirroredCrop& crop, int row, int column) {
  const ResamplingWindow rows = resampling_window(crop.samples.table(crop.image.rows), row);
  const ResamplingWindow columns = resampling_window(crop.samples.table(crop.image.columns), column);
  if constexpr (pair == PairResampling::premultiplied)
    if (crop.is_resized()) {
      std::int32_t alpha[1] = {};
      resample<std::int32_t>(AlphaAt{crop}, rows, columns, 255, alpha);
      return alpha[0];
    }
  std::int64_t count[1] = {};
  resample<std::int64_t>(CountAt{crop}, rows, columns, 65535, count);
  return count[0] > crop.image.most_count ? crop.image.most_count : static_cast<int>(count[0]);
}

template <PairResampling pair>
constexpr void resampled_colour(const MirroredCrop& crop, int row, int column, int count, std::int32_t (&colour)[3]) {
  const ResamplingWindow rows = resampling_window(crop.samples.table(crop.image.rows), row);
  const ResamplingWindow columns = resampling_window(crop.samples.table(crop.image.columns), column);
  if (pair != PairResampling::premultiplied || !crop.is_resized()) {
    resample<std::int32_t>(ColourAt{crop}, rows, columns, 255, colour);
    return;
  }
  resample<std::int32_t>(WeightedColourAt{crop}, rows, columns, 255, colour);
  if (count == 0) return;  // The product stays: there is nothing to divide by.
  for (std::int32_t& value : colour) {
    const std::int32_t quotient = 255 * value / count;
    value = quotient > 255 ? 255 : quotient;
  }
}

constexpr int resampled_label(const MirroredCrop& crop, int row, int column) {
  std::int32_t label[1] = {};
  resample<std::int32_t>(LabelAt{crop}, resampling_window(crop.samples.table(crop.image.label_rows), row),
                         resampling_window(crop.samples.table(crop.image.label_columns), column), 255, label);
  return label[0] > crop.image.most_label ? crop.image.most_label : label[0];
}

// The same for PairResampling::nearest: pixels are copied, counts held to most_count.
constexpr int copied_count(const MirroredCrop& crop, std::int64_t place) {
  const int count = crop.count(place);
  return count > crop.image.most_count ? crop.image.most_count : count;
}

struct AugmentedPixel {
  std::int32_t colour[3], count;
};
constexpr AugmentedPixel copied_pixel(const MirroredCrop& crop, std::int64_t place) {
  AugmentedPixel pixel{{}, copied_count(crop, place)};
  for (int c = 0; c < 3; ++c) pixel.colour[c] = crop.colour(place, c);
  return pixel;
}
template <PairResampling pair>
constexpr AugmentedPixel resampled_pixel(const MirroredCrop& crop, int row, int column) {
  AugmentedPixel pixel{{}, resampled_count<pair>(crop, row, column)};
  resampled_colour<pair>(crop, row, column, pixel.count, pixel.colour);
  return pixel;
}

}  // namespace kernels
